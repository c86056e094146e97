/** What the history's routes take and tell beside the calls themselves. Times are Unix milliseconds. */
import type { components } from './generated/api'
import type { CallDetail as Detail, CallStatus, CallSummary as Summary, EndCause } from '.'

export type Direction = components['schemas']['Direction']

interface Annotations {
  note: string
  tags: string[]
  interruptions: number
  engine_failures: number
  /** It tried a draft of an agent that was not published. */
  draft: boolean
}

/** A line of the history; `snippet` is the passage that a search found. */
export type CallSummary = Summary & Annotations & { snippet: string | null }
export type CallDetail = Detail & Annotations

export interface CallPage {
  items: CallSummary[]
  next_cursor: string | null
}

/** What people write beside a call; what is left out stays as it is. */
export type CallNotes = Partial<Pick<Annotations, 'note' | 'tags'>>

/** Limits of backend/interfaces/http/schemas/history.py. */
export const CALL_LIMITS = { note: 4_000, tags: 20, tag: 40, q: 200 } as const

export type CallSort = 'started_at' | 'duration_ms' | 'voice_to_voice_ms'
export type SortOrder = 'asc' | 'desc'

/** Which calls, in which order; what is left out narrows nothing. `from` is included, `to` is not. */
export interface CallQuery {
  q?: string
  agent_id?: string
  status?: CallStatus
  end_cause?: EndCause
  direction?: Direction
  tag?: string
  from?: number
  to?: number
  sort?: CallSort
  order?: SortOrder
}

export type ExportFormat = 'csv' | 'json'
