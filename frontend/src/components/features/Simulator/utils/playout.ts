/**
 * The playout clock of a browser call: plays gaplessly in the order of arrival, can be emptied at once, and
 * knows to the sample what was played (docs/architecture/PROTOCOL.md, "Audio" and `played`).
 *
 * Plain object without Web Audio: the worklet calls `render` for every block. Positions count samples as
 * received, at the call's rate, whatever the rate of the output.
 */
import { fromPcm16 } from './pcm16'
import { Resampler } from './resampler'

/** How often progress is reported while playing. */
const REPORT_EVERY_MS = 100
/** A flush does not end in a click: what is dropped fades out within this time. */
const FADE_MS = 4

interface Chunk {
  samples: Float32Array
  /** Samples of it that were played. */
  played: number
  /** Position of its first and behind its last sample. */
  start: number
  end: number
}

export class Playout {
  readonly #outputRate: number
  readonly #resampler: Resampler
  readonly #report: (position: number) => void
  #chunks: Chunk[] = []
  #fade: Float32Array = new Float32Array()
  #received = 0
  #isPlaying = false
  #sinceReport = 0

  /** `report` is called with every position that the server should know. */
  constructor(callRate: number, outputRate: number, report: (position: number) => void) {
    this.#outputRate = outputRate
    this.#resampler = new Resampler(callRate, outputRate)
    this.#report = report
  }

  push(pcm: Int16Array): void {
    const samples = this.#resampler.process(fromPcm16(pcm))
    const start = this.#received
    this.#received += pcm.length
    this.#chunks.push({ samples, played: 0, start, end: this.#received })
  }

  /** Drop what has not been played, now. */
  flush(): void {
    this.#fade = this.#isPlaying
      ? fadedOut(this.#take((this.#outputRate * FADE_MS) / 1_000))
      : new Float32Array()
    this.#chunks = []
    this.#isPlaying = false
    this.#report(this.#received)
  }

  /** Fill `output` with the next samples, silence where there are none. */
  render(output: Float32Array): void {
    output.fill(0)
    if (this.#fade.length > 0) {
      output.set(this.#fade.subarray(0, output.length))
      this.#fade = this.#fade.slice(output.length)
      return
    }
    const samples = this.#take(output.length)
    output.set(samples)
    if (samples.length > 0) this.#advance(samples.length, samples.length < output.length)
    else if (this.#isPlaying) this.#ranEmpty()
  }

  #advance(samples: number, isLast: boolean): void {
    this.#sinceReport += samples
    if (isLast) {
      this.#ranEmpty()
    } else if (!this.#isPlaying || this.#sinceReport >= (this.#outputRate * REPORT_EVERY_MS) / 1_000) {
      this.#isPlaying = true
      this.#tell(this.#position())
    }
  }

  #ranEmpty(): void {
    this.#isPlaying = false
    this.#tell(this.#received)
  }

  #tell(position: number): void {
    this.#sinceReport = 0
    this.#report(position)
  }

  #position(): number {
    const current = this.#chunks[0]
    if (!current) return this.#received
    const share = current.samples.length === 0 ? 0 : current.played / current.samples.length
    return current.start + Math.floor((current.end - current.start) * share)
  }

  /** Remove and return the next `count` samples, fewer if there are not so many. */
  #take(count: number): Float32Array {
    const output = new Float32Array(count)
    let filled = 0
    for (let chunk = this.#chunks[0]; chunk && filled < count; chunk = this.#chunks[0]) {
      const part = chunk.samples.subarray(chunk.played, chunk.played + count - filled)
      output.set(part, filled)
      filled += part.length
      chunk.played += part.length
      if (chunk.played < chunk.samples.length) break
      this.#chunks.shift()
    }
    return output.subarray(0, filled)
  }
}

function fadedOut(samples: Float32Array): Float32Array {
  return samples.map((sample, n) => sample * (1 - (n + 1) / samples.length))
}
