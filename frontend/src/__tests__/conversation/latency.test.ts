import { describe, expect, it } from 'vitest'
import { median, segmentsOf, voiceToVoiceMs } from '@/conversation/latency'
import { LATENCY } from '@/testing/timelines'

describe('the latency of a turn', () => {
  it('lays its segments end to end, so that they end where the caller heard the answer', () => {
    const segments = segmentsOf(LATENCY)
    segments.reduce((end, { offset_ms, ms }) => {
      expect(offset_ms).toBe(end)
      return end + ms
    }, 0)
    const last = segments.at(-1)
    expect((last?.offset_ms ?? 0) + (last?.ms ?? 0)).toBe(voiceToVoiceMs(LATENCY))
    expect(voiceToVoiceMs(LATENCY)).toBe(900)
  })

  it.each([
    [[], null],
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
  ])('has in %j a median of %s', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})
