/** What calls come to, and the calls that are going on. Times are Unix milliseconds. */
import type { EndCause } from '.'
import type { Direction } from './calls'

/** The percentiles are null where no turn was answered. */
export interface CallFigures {
  calls: number
  /** In which the agent was heard. */
  answered: number
  completed: number
  /** That a bug, an engine or the end of the process ended. */
  failed: number
  v2v_p50_ms: number | null
  v2v_p95_ms: number | null
  /** Turns that the agent answered. */
  answers: number
  interruptions: number
  engine_failures: number
  fallbacks: number
  /** Silence in the agent's turn, beyond 1.8 s each time. */
  dead_air_ms: number
}

/** An hour or a day that begins at `at`. */
export type CallBucket = CallFigures & { at: number }

export interface EngineFigures {
  port: string
  engine: string
  failures: number
  fallbacks: number
}

export interface CallStats {
  /** Without gaps, oldest first. */
  buckets: CallBucket[]
  totals: CallFigures & { talk_ms: number }
  engines: EngineFigures[]
  causes: { cause: EndCause; calls: number }[]
}

export type BucketSize = 'hour' | 'day'

/** `from` is included, `to` is not; buckets begin by a clock that is `utc_offset_min` ahead of UTC. */
export interface StatsQuery {
  from: number
  to: number
  bucket: BucketSize
  utc_offset_min: number
  agent_id?: string
}

export const LIVE_STATES = ['listening', 'caller_speaking', 'thinking', 'speaking'] as const

/** Who has the floor. */
export type LiveState = (typeof LIVE_STATES)[number]

export interface LiveCall {
  id: string
  agent: { id: string; name: string }
  direction: Direction
  started_at: number
  state: LiveState
  caller_text: string
  agent_text: string
  turns: number
  last_voice_to_voice_ms: number | null
}
