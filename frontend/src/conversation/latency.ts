/** The six segments of a turn's latency, in the order in which they lie end to end. */
import type { TurnLatency } from '@/types'

/** Who could make a segment shorter. */
export type SegmentOwner = 'setting' | 'stt' | 'llm' | 'tts' | 'victoria'

export interface Segment {
  key: keyof TurnLatency
  owner: SegmentOwner
  ms: number
  /** Where the segment begins, counted from the caller's last voiced sound. */
  offset_ms: number
}

const OWNERS: readonly (readonly [keyof TurnLatency, SegmentOwner])[] = [
  ['pause_ms', 'setting'],
  ['transcript_ms', 'stt'],
  ['first_token_ms', 'llm'],
  ['first_clause_ms', 'llm'],
  ['first_audio_ms', 'tts'],
  ['playout_ms', 'victoria'],
]

/** Lay the segments end to end. */
export function segmentsOf(latency: TurnLatency): Segment[] {
  let offset_ms = 0
  return OWNERS.map(([key, owner]) => {
    const segment = { key, owner, ms: latency[key], offset_ms }
    offset_ms += latency[key]
    return segment
  })
}

/** What the caller felt: the sum of the segments. */
export function voiceToVoiceMs(latency: TurnLatency): number {
  return OWNERS.reduce((sum, [key]) => sum + latency[key], 0)
}

/** Return the median, or null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
