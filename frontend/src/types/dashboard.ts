/** What calls come to, and the calls that are going on. Times are Unix milliseconds. */
import type { components, operations } from './generated/api'

type Schemas = components['schemas']

/** All buckets of a span, oldest first and without gaps, and what the span comes to. */
export type CallStats = Schemas['CallStats']

/** An hour or a day that begins at `at`. The percentiles are null where no turn was answered. */
export type CallBucket = Schemas['StatsBucket']
export type CallFigures = Omit<CallBucket, 'at'>
export type EngineFigures = Schemas['EngineStats']
export type BucketSize = Schemas['BucketSize']

type Asked = NonNullable<operations['read_stats']['parameters']['query']>
type NeverNull<T> = { [Name in keyof T]: NonNullable<T[Name]> }

/** `from` is included, `to` is not; buckets begin by a clock that is `utc_offset_min` ahead of UTC. */
export type StatsQuery = NeverNull<Required<Omit<Asked, 'agent_id'>>> & { agent_id?: string }

/** Opens one live view, once. */
export type LiveTicket = Schemas['LiveTicket']

export const LIVE_STATES = ['listening', 'caller_speaking', 'thinking', 'speaking'] as const

/** Who has the floor. */
export type LiveState = (typeof LIVE_STATES)[number]

/** One call of the live view (docs/architecture/PROTOCOL.md). */
export interface LiveCall {
  id: string
  agent: { id: string; name: string }
  direction: Schemas['Direction']
  started_at: number
  /** It tries a draft of an agent; servers before this word do not say. */
  draft?: boolean | undefined
  state: LiveState
  caller_text: string
  agent_text: string
  turns: number
  last_voice_to_voice_ms: number | null
}
