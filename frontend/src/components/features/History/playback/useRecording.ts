import { useEffect, useState } from 'react'
import { useServices } from '@/hooks/useServices'

export type Recording =
  { status: 'none' | 'loading' | 'failed' } | { status: 'loaded'; url: string; file: ArrayBuffer }

/**
 * Fetch a call's recording with the key (an audio element could not send it) and keep it as an object URL for
 * as long as the component lives.
 */
export function useRecording(callId: string, { exists }: { exists: boolean }): Recording {
  const { history } = useServices()
  const [recording, setRecording] = useState<Recording>({ status: 'none' })

  useEffect(() => {
    if (!exists) return
    const abort = new AbortController()
    let url: string | null = null
    const load = async () => {
      try {
        const file = await history.recording(callId, abort.signal)
        if (abort.signal.aborted) return
        url = URL.createObjectURL(new Blob([file], { type: 'audio/wav' }))
        setRecording({ status: 'loaded', url, file })
      } catch {
        if (!abort.signal.aborted) setRecording({ status: 'failed' })
      }
    }
    void load()
    return () => {
      abort.abort()
      if (url !== null) URL.revokeObjectURL(url)
    }
  }, [callId, exists, history])

  return exists && recording.status === 'none' ? { status: 'loading' } : recording
}
