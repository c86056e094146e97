import { useEffect, useState } from 'react'
import { openLevelCheck, type LevelCheck } from '../utils/levelCheck'
import { AudioError, type AudioFailure } from '../utils/microphone'

/** How often to look at the level. */
const LOOK_EVERY_MS = 100
/** -34 dBFS: speech at arm's length peaks above it, a quiet room below. */
const SPEECH_PEAK = 0.02
/** Who has said nothing audible for so long wonders why. */
const PATIENCE_MS = 5_000

export type LevelVerdict = 'opening' | 'waiting' | 'silent' | 'heard'

interface Level {
  verdict: LevelVerdict
  /** Peak, 0 to 1. */
  peak: number
  failure: AudioFailure | null
}

/** Listen to the microphone of this id for as long as the component lives; `onOpened` must be stable. */
export function useLevelCheck(id: string | null, onOpened: () => void): Level {
  const [level, setLevel] = useState<Level>({ verdict: 'opening', peak: 0, failure: null })

  useEffect(() => {
    const over = new AbortController()
    let check: LevelCheck | null = null
    let timer: number | undefined

    const look = (opened: LevelCheck, since: number) => {
      const peak = opened.peak()
      const isLate = performance.now() - since > PATIENCE_MS
      setLevel(({ verdict }) => {
        const isHeard = verdict === 'heard' || peak >= SPEECH_PEAK
        return { verdict: isHeard ? 'heard' : isLate ? 'silent' : 'waiting', peak, failure: null }
      })
    }
    const begin = async () => {
      try {
        const opened = await openLevelCheck(id)
        if (over.signal.aborted) {
          await opened.close()
          return
        }
        check = opened
        onOpened()
        const since = performance.now()
        timer = window.setInterval(() => look(opened, since), LOOK_EVERY_MS)
      } catch (error) {
        if (over.signal.aborted) return
        const failure = error instanceof AudioError ? error.code : 'audio-unsupported'
        setLevel({ verdict: 'opening', peak: 0, failure })
      }
    }
    void begin()
    return () => {
      over.abort()
      window.clearInterval(timer)
      void check?.close()
    }
  }, [id, onOpened])

  return level
}
