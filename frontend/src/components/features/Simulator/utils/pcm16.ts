/** PCM16, the call's format on the wire: little-endian, as on every machine that runs a browser. */

/** Return samples of -1 to 1 as PCM16; louder ones are clipped. */
export function toPcm16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length)
  for (let n = 0; n < samples.length; n++) {
    const sample = Math.max(-1, Math.min(1, samples[n] ?? 0))
    pcm[n] = Math.round(sample * (sample < 0 ? 0x8000 : 0x7fff))
  }
  return pcm
}

export function fromPcm16(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length)
  for (let n = 0; n < pcm.length; n++) samples[n] = (pcm[n] ?? 0) / 0x8000
  return samples
}

/** Cuts a stream of samples into frames of `frameSamples`. */
export class Framer {
  readonly #frameSamples: number
  #pending: Float32Array = new Float32Array()

  constructor(frameSamples: number) {
    this.#frameSamples = frameSamples
  }

  /** Take samples and return the frames that are complete with them. */
  push(samples: Float32Array): Float32Array[] {
    const all = new Float32Array(this.#pending.length + samples.length)
    all.set(this.#pending)
    all.set(samples, this.#pending.length)
    const frames: Float32Array[] = []
    let start = 0
    for (; start + this.#frameSamples <= all.length; start += this.#frameSamples) {
      frames.push(all.slice(start, start + this.#frameSamples))
    }
    this.#pending = all.slice(start)
    return frames
  }
}
