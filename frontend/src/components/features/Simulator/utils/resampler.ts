/**
 * Streaming change of the sample rate, for browsers that refuse an AudioContext at the call's own rate.
 *
 * A rational polyphase filter: Hann-windowed sinc, cut off at 92 % of the lower Nyquist frequency, with
 * `LOBES` zero crossings on either side. Aliases lie below -60 dB; the delay is `LOBES` samples of the
 * lower rate (1 ms at 16 kHz).
 */

const LOBES = 16
const CUTOFF = 0.92

export class Resampler {
  readonly #up: number
  readonly #down: number
  readonly #half: number
  readonly #phases: Float32Array[]
  #buffer: Float32Array
  /** Where the next output lies in `#buffer`, counted in 1/up of an input sample. */
  #position: number

  constructor(fromRate: number, toRate: number) {
    const divisor = greatestCommonDivisor(fromRate, toRate)
    this.#up = toRate / divisor
    this.#down = fromRate / divisor
    this.#half = Math.ceil(LOBES * Math.max(1, fromRate / toRate))
    this.#phases = phases(this.#up, this.#half, CUTOFF * Math.min(1, toRate / fromRate))
    this.#buffer = new Float32Array(this.#half)
    this.#position = (this.#half - 1) * this.#up
  }

  /** Take the next samples and return those of the new rate that are settled by now. */
  process(samples: Float32Array): Float32Array {
    if (this.#up === this.#down) return samples
    const buffer = new Float32Array(this.#buffer.length + samples.length)
    buffer.set(this.#buffer)
    buffer.set(samples, this.#buffer.length)

    const last = (buffer.length - this.#half) * this.#up
    const count = Math.max(0, Math.ceil((last - this.#position) / this.#down))
    const output = new Float32Array(count)
    for (let n = 0; n < count; n++) {
      output[n] = this.#sampleAt(buffer)
      this.#position += this.#down
    }
    const spent = Math.floor(this.#position / this.#up) - this.#half + 1
    this.#buffer = buffer.slice(spent)
    this.#position -= spent * this.#up
    return output
  }

  #sampleAt(buffer: Float32Array): number {
    const index = Math.floor(this.#position / this.#up)
    const taps = this.#phases[this.#position % this.#up] ?? new Float32Array()
    const first = index - this.#half + 1
    let sum = 0
    for (let k = 0; k < taps.length; k++) sum += (taps[k] ?? 0) * (buffer[first + k] ?? 0)
    return sum
  }
}

/** For each fraction of an input sample, the weights of the `2 * half` samples around it; they sum to 1. */
function phases(up: number, half: number, cutoff: number): Float32Array[] {
  return Array.from({ length: up }, (_, phase) => {
    const taps = Float32Array.from({ length: 2 * half }, (_, k) => {
      const distance = k - half + 1 - phase / up
      return sinc(cutoff * distance) * (0.5 + 0.5 * Math.cos((Math.PI * distance) / half))
    })
    const sum = taps.reduce((total, tap) => total + tap, 0)
    return taps.map((tap) => tap / sum)
  })
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
