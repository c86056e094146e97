import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { callSocketUrl } from '@/services/api'
import { requestTicket } from '@/store/slices/configSlice'
import type { CallTarget } from '@/types/agents'
import { CallClient } from '../client/CallClient'
import { openCallAudio } from '../utils/audioContext'
import { IDLE, simulatorReducer } from './simulatorState'

interface CallWish {
  /** Whom the person calls. */
  name: string
  target: CallTarget
  /** The microphone's id; null for the browser's choice. */
  microphone: string | null
}

export type Simulator = ReturnType<typeof useSimulator>

/**
 * A call from this page. The client lives outside React's state, which sees events only; at most one call
 * runs at a time, and it ends when the component goes.
 */
export function useSimulator(openAudio = openCallAudio) {
  const appDispatch = useAppDispatch()
  const [state, dispatch] = useReducer(simulatorReducer, IDLE)
  const client = useRef<CallClient | null>(null)

  useEffect(
    () => () => {
      client.current?.hangUp()
    },
    [],
  )

  const start = useCallback(
    ({ name, target, microphone }: CallWish) => {
      if (client.current !== null) return
      dispatch({ type: 'started', agentName: name })
      const call = new CallClient(
        {
          socketUrl: callSocketUrl(),
          openAudio: (listener) => openAudio(listener, microphone),
          requestTicket: async () => (await appDispatch(requestTicket(target)).unwrap()).ticket,
        },
        (event) => {
          if (event.type === 'ended' || event.type === 'failed') client.current = null
          dispatch({ type: 'happened', event, now: performance.now() })
        },
      )
      client.current = call
      void call.start()
    },
    [appDispatch, openAudio],
  )

  const actions = useMemo(
    () => ({
      hangUp: () => client.current?.hangUp(),
      setMuted: (muted: boolean) => {
        client.current?.setMuted(muted)
        dispatch({ type: 'muted', muted })
      },
      peaks: () => client.current?.peaks() ?? null,
    }),
    [],
  )

  return { state, start, ...actions }
}
