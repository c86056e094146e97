/** How loud an audio node is at this moment. */
export interface Meter {
  /** To be connected to what is measured. */
  node: AudioNode
  /** The peak of the last `samples`, 0 to 1. */
  peak: () => number
}

/** `samples` is a power of two, 32 to 32768. */
export function createMeter(context: AudioContext, samples: number): Meter {
  const node = context.createAnalyser()
  node.fftSize = samples
  const window = new Float32Array(samples)
  return {
    node,
    peak: () => {
      node.getFloatTimeDomainData(window)
      return window.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
    },
  }
}
