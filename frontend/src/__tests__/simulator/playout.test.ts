import { describe, expect, it } from 'vitest'
import { Playout } from '@/components/features/Simulator/utils/playout'

const RATE = 16_000
const BLOCK = 128

/** A playout at the call's rate, what it reports, and what comes out of it. */
function aPlayout(outputRate = RATE) {
  const reported: number[] = []
  const playout = new Playout(RATE, outputRate, (position) => reported.push(position))
  const render = (blocks = 1) => {
    const output = new Float32Array(BLOCK * blocks)
    for (let n = 0; n < blocks; n++) playout.render(output.subarray(n * BLOCK, (n + 1) * BLOCK))
    return output
  }
  return { playout, reported, render }
}

const constant = (samples: number, value = 8_192) => new Int16Array(samples).fill(value)

describe('playout', () => {
  it('plays what it was given, gaplessly across chunks, then silence', () => {
    const { playout, render } = aPlayout()
    playout.push(Int16Array.from({ length: 100 }, (_, n) => n * 100))
    playout.push(Int16Array.from({ length: 100 }, (_, n) => (n + 100) * 100))
    const output = render(2)
    expect([...output.subarray(0, 200)]).toEqual(Array.from({ length: 200 }, (_, n) => (n * 100) / 0x8000))
    expect(output.subarray(200).every((sample) => sample === 0)).toBe(true)
  })

  it('reports as soon as playout starts after silence', () => {
    const { playout, reported, render } = aPlayout()
    render(3)
    expect(reported).toEqual([])
    playout.push(constant(1_000))
    render()
    expect(reported).toEqual([BLOCK])
  })

  it('reports every 100 ms while playing', () => {
    const { playout, reported, render } = aPlayout()
    playout.push(constant(RATE))
    render(RATE / BLOCK - 1)
    const gaps = reported.slice(1).map((position, n) => position - (reported[n] ?? 0))
    expect(gaps.length).toBeGreaterThanOrEqual(8)
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(1_600)
      expect(gap).toBeLessThan(1_600 + BLOCK)
    }
  })

  it('reports once when the queue runs empty, in mid-block or at its end', () => {
    for (const samples of [300, 2 * BLOCK]) {
      const { playout, reported, render } = aPlayout()
      playout.push(constant(samples))
      render(6)
      expect(reported.filter((position) => position === samples)).toHaveLength(1)
      expect(reported.at(-1)).toBe(samples)
    }
  })

  it('falls silent at once on a flush and reports all it ever received', () => {
    const { playout, reported, render } = aPlayout()
    playout.push(constant(RATE))
    render(4)
    reported.length = 0
    playout.flush()
    expect(reported).toEqual([RATE])
    const after = render(4)
    expect(after.subarray(64).every((sample) => sample === 0)).toBe(true)
  })

  it('fades out within four milliseconds instead of clicking', () => {
    const { playout, render } = aPlayout()
    playout.push(constant(RATE))
    render(4)
    playout.flush()
    const after = render()
    let last = 0.25
    for (const sample of after) {
      expect(Math.abs(sample - last)).toBeLessThan(0.01)
      last = sample
    }
  })

  it('answers a flush even when nothing plays', () => {
    const { playout, reported, render } = aPlayout()
    playout.flush()
    expect(reported).toEqual([0])
    expect(render().every((sample) => sample === 0)).toBe(true)
  })

  it('goes on counting after a flush: flushed samples have positions, too', () => {
    const { playout, reported, render } = aPlayout()
    playout.push(constant(1_000))
    playout.flush()
    playout.push(constant(500))
    render(8)
    expect(reported.at(-1)).toBe(1_500)
  })

  it('counts in the call’s samples whatever the rate of the output', () => {
    const { playout, reported, render } = aPlayout(48_000)
    for (let n = 0; n < 25; n++) playout.push(constant(320))
    render(100)
    const middle = reported.at(-1) ?? 0
    expect(middle).toBeGreaterThan((100 * BLOCK) / 3 - 1_700)
    expect(middle).toBeLessThanOrEqual((100 * BLOCK) / 3 + 320)
    render(100)
    expect(reported.at(-1)).toBe(8_000)
  })
})
