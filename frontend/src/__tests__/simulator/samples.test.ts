import { describe, expect, it } from 'vitest'
import { Framer, fromPcm16, toPcm16 } from '@/components/features/Simulator/utils/pcm16'
import { Resampler } from '@/components/features/Simulator/utils/resampler'

const sine = (hertz: number, rate: number, samples: number) =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate))

const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)

describe('PCM16', () => {
  it('reaches both ends of its range and clips beyond them', () => {
    expect([...toPcm16(Float32Array.of(-1, 0, 1, -3, 3))]).toEqual([-32_768, 0, 32_767, -32_768, 32_767])
  })

  it('survives the way there and back', () => {
    const samples = sine(440, 16_000, 320)
    const back = fromPcm16(toPcm16(samples))
    for (const [n, sample] of samples.entries()) expect(back[n]).toBeCloseTo(sample, 3)
  })

  it('is cut into frames of one size, whatever the size of the blocks', () => {
    const framer = new Framer(320)
    const all = Float32Array.from({ length: 128 * 10 }, (_, n) => n)
    const frames = Array.from({ length: 10 }, (_, n) =>
      framer.push(all.subarray(n * 128, (n + 1) * 128)),
    ).flat()
    expect(frames.map((frame) => frame.length)).toEqual([320, 320, 320, 320])
    expect(frames.flatMap((frame) => [...frame])).toEqual([...all])
  })
})

describe('the resampler', () => {
  /** Resample in blocks of 128, as the audio thread does. */
  const resampled = (from: number, to: number, input: Float32Array) => {
    const resampler = new Resampler(from, to)
    const parts: number[] = []
    for (let n = 0; n < input.length; n += 128) parts.push(...resampler.process(input.subarray(n, n + 128)))
    return Float32Array.from(parts)
  }

  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [16_000, 48_000],
    [16_000, 44_100],
  ])('from %i to %i keeps a voice’s tone, and the time', (from, to) => {
    const output = resampled(from, to, sine(1_000, from, from))
    expect(Math.abs(output.length - to)).toBeLessThan(to / 400)
    const settled = output.subarray(200, output.length - 200)
    const lag = lagOf(output, to)
    const error = settled.map((sample, n) => sample - Math.sin(2 * Math.PI * 1_000 * ((n + 200) / to - lag)))
    expect(rms(error)).toBeLessThan(0.01)
  })

  it('keeps out what the lower rate cannot carry', () => {
    const output = resampled(48_000, 16_000, sine(11_000, 48_000, 48_000))
    expect(rms(output.subarray(200))).toBeLessThan(0.002)
  })

  it('hands samples through when there is nothing to change', () => {
    const input = sine(300, 16_000, 128)
    expect(new Resampler(16_000, 16_000).process(input)).toBe(input)
  })
})

/** Seconds by which a 1 kHz tone lags, from its phase at the output. */
function lagOf(output: Float32Array, rate: number): number {
  let [re, im] = [0, 0]
  for (let n = 200; n < 200 + rate / 10; n++) {
    const angle = (2 * Math.PI * 1_000 * n) / rate
    re += (output[n] ?? 0) * Math.sin(angle)
    im += (output[n] ?? 0) * Math.cos(angle)
  }
  return -Math.atan2(im, re) / (2 * Math.PI * 1_000)
}
