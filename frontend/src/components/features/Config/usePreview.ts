import { useCallback, useEffect, useRef, useState } from 'react'
import { useServices } from '@/hooks/useServices'
import { toProblem } from '@/services/problem'
import type { Problem, VoicePreview } from '@/types'

export type PreviewState =
  | { status: 'silent' }
  | { status: 'fetching' }
  | { status: 'speaking'; url: string }
  | { status: 'failed'; problem: Problem }

/** A sentence in a voice: fetched when asked for, dropped when stopped, asked again or left. */
export function usePreview() {
  const { config } = useServices()
  const [state, setState] = useState<PreviewState>({ status: 'silent' })
  const abort = useRef<AbortController | null>(null)
  const url = useRef<string | null>(null)

  const drop = useCallback(() => {
    abort.current?.abort()
    abort.current = null
    if (url.current !== null) URL.revokeObjectURL(url.current)
    url.current = null
  }, [])
  useEffect(() => drop, [drop])

  const stop = useCallback(() => {
    drop()
    setState({ status: 'silent' })
  }, [drop])

  const speak = async (request: VoicePreview): Promise<void> => {
    drop()
    const asked = new AbortController()
    abort.current = asked
    setState({ status: 'fetching' })
    try {
      const sound = await config.preview(request, asked.signal)
      if (asked.signal.aborted) return
      url.current = URL.createObjectURL(new Blob([sound], { type: 'audio/wav' }))
      setState({ status: 'speaking', url: url.current })
    } catch (error) {
      if (!asked.signal.aborted) setState({ status: 'failed', problem: toProblem(error) })
    }
  }

  return { state, speak, stop }
}
