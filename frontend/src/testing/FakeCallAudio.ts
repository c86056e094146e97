import type { AudioListener, CallAudio } from '@/components/features/Simulator/utils/audioContext'
import {
  AudioError,
  type AudioFailure,
  type CallerInput,
} from '@/components/features/Simulator/utils/microphone'

/** Microphone and loudspeaker without sound: tests speak through `listener` and read what was played. */
export class FakeCallAudio implements CallAudio {
  listener: AudioListener | null = null
  /** What was asked for to carry the caller's side. */
  input: CallerInput | null = null
  readonly played: ArrayBuffer[] = []
  flushes = 0
  muted = false
  isOpen = false

  /** What to give the client instead of `openCallAudio`. */
  readonly open = (listener: AudioListener, input: CallerInput | null = null): Promise<CallAudio> => {
    this.listener = listener
    this.input = input
    this.isOpen = true
    return Promise.resolve(this)
  }

  readonly play = (pcm: ArrayBuffer) => void this.played.push(pcm)
  readonly flush = () => {
    this.flushes += 1
  }
  readonly setMuted = (muted: boolean) => {
    this.muted = muted
  }
  readonly peaks = () => ({ caller: 0, agent: 0 })
  readonly close = () => {
    this.isOpen = false
    return Promise.resolve()
  }
}

export function refusedAudio(code: AudioFailure): () => Promise<CallAudio> {
  return () => Promise.reject(new AudioError(code))
}
