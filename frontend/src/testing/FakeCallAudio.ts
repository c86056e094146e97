import {
  AudioError,
  type AudioFailure,
  type AudioListener,
  type CallAudio,
} from '@/components/features/Simulator/utils/audioContext'

/** Microphone and loudspeaker without sound: tests speak through `listener` and read what was played. */
export class FakeCallAudio implements CallAudio {
  listener: AudioListener | null = null
  readonly played: ArrayBuffer[] = []
  flushes = 0
  muted = false
  isOpen = false

  /** What to give the client instead of `openCallAudio`. */
  readonly open = (listener: AudioListener): Promise<CallAudio> => {
    this.listener = listener
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
