import { useCallback, useContext } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { callSocketUrl } from '@/services/api'
import { requestTicket } from '@/store/slices/configSlice'
import { CallClient } from '../client/CallClient'
import type { Callee } from '../line/callee'
import { useCallLine, useCallState } from '../line/useCallLine'
import { CallAudioContext } from '../utils/CallAudioContext'
import type { CallerInput } from '../utils/microphone'

export type Simulator = ReturnType<typeof useSimulator>

/** The call on the console's line, and what can be done with it from here. */
export function useSimulator() {
  const dispatch = useAppDispatch()
  const openAudio = useContext(CallAudioContext)
  const line = useCallLine()
  const state = useCallState()

  const start = useCallback(
    (callee: Callee, input: CallerInput) =>
      line.begin(
        callee,
        input,
        (emit) =>
          new CallClient(
            {
              socketUrl: callSocketUrl(),
              openAudio: (listener) => openAudio(listener, input),
              requestTicket: async () => (await dispatch(requestTicket(callee.target)).unwrap()).ticket,
            },
            emit,
          ),
      ),
    [dispatch, line, openAudio],
  )
  return {
    state,
    start,
    hangUp: line.hangUp,
    setMuted: line.setMuted,
    write: line.write,
    peaks: line.peaks,
  }
}
