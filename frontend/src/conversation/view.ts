/** What there is to see of a conversation: the values that `fold` makes of a timeline. */
import type { ReplyKind } from '@/conversation/timeline'
import type { WrittenStages } from '@/conversation/written'
import type { EndCause, Turn, TurnLatency } from '@/types'

/**
 * What the agent is doing. `connecting` is what a person sees before the first entry; `held` means that the
 * agent is silent because the caller may be interrupting.
 */
export type AgentState = 'connecting' | 'listening' | 'thinking' | 'speaking' | 'held' | 'ended'

/** The caller's turn while it is being recognised or written: `finals` stand, `partial` may still change. */
export interface CallerDraft {
  finals: string
  partial: string
  since: number
  speaking: boolean
  /** Some of it was written, not said. */
  typed: boolean
}

/** The agent's turn while it is being made and played. */
export interface ReplyDraft {
  id: number
  kind: ReplyKind
  generated: string
  heard: string
  audible: boolean
  held: boolean
  /** Cut by the caller; waiting to learn what was heard. */
  cut: boolean
  /** Begun before the caller's turn was over; nobody hears it until it is released. */
  speculative: boolean
  latency: TurnLatency | null
  /** How far an answer to written words has come; null for other replies. */
  stages: WrittenStages | null
  /** How long written words waited for it, once it is heard. */
  writtenLatency: TurnLatency | null
  /** How long before the end of the caller's turn it was begun. */
  headStartMs: number
  startedAt: number
  asides: readonly Note[]
}

/** Something worth telling besides the turns. */
export type Note =
  | { kind: 'backchannel'; text: string }
  | { kind: 'filler' }
  | { kind: 'media-stalled' }
  | { kind: 'media-resumed' }
  | { kind: 'transcription-failed'; code: string }
  | { kind: 'reply-failed'; code: string }
  | { kind: 'transfer'; destination: string }
  | { kind: 'transfer-failed'; code: string }
  | { kind: 'hold' }
  | { kind: 'machine' | 'fax' }
  | { kind: 'engine-replaced'; port: string; engine: string; code: string; successor: string }
  | { kind: 'engine-retried' | 'engine-lost'; port: string; engine: string; code: string }

export interface TurnItem {
  key: string
  at: number
  turn: Turn
  /** Why the agent spoke, where the timeline told it. */
  replyKind: ReplyKind | null
  headStartMs: number
  /** How long written words waited for this answer; null for any other turn. */
  writtenLatency: TurnLatency | null
  /** Some of it was written, not said. */
  typed: boolean
  /** What happened during the turn. */
  asides: readonly Note[]
}

export interface NoteItem {
  key: string
  at: number
  note: Note
}

export type Item = TurnItem | NoteItem

export interface ConversationView {
  /** The last entry folded in. */
  seq: number
  /** Nanoseconds since the call began, of the last entry. */
  at: number
  items: readonly Item[]
  caller: CallerDraft | null
  reply: ReplyDraft | null
  stalled: boolean
  endCause: EndCause | null
}

export const EMPTY_VIEW: ConversationView = {
  seq: 0,
  at: 0,
  items: [],
  caller: null,
  reply: null,
  stalled: false,
  endCause: null,
}

export function agentState(view: ConversationView): AgentState {
  if (view.endCause !== null) return 'ended'
  if (view.seq === 0) return 'connecting'
  const { reply } = view
  if (reply === null || reply.cut || reply.speculative) return 'listening'
  if (reply.held) return 'held'
  return reply.audible ? 'speaking' : 'thinking'
}

/** The committed turns, in order. */
export function turnsOf(view: ConversationView): Turn[] {
  return view.items.flatMap((item) => ('turn' in item ? [item.turn] : []))
}

/** How long an answer was waited for, from the end of the caller's voice or from their written words. */
export interface Wait {
  latency: TurnLatency
  since: 'voice' | 'words'
}

/** How long every answer was waited for, the one being spoken included, oldest first. */
export function waitsOf(view: ConversationView): Wait[] {
  const committed = view.items.flatMap((item) => ('turn' in item ? waitOf(item.turn.latency, item) : []))
  return view.reply === null ? committed : [...committed, ...waitOf(view.reply.latency, view.reply)]
}

/** The latencies among them from voice to voice. */
export function latenciesOf(view: ConversationView): TurnLatency[] {
  return waitsOf(view).flatMap(({ latency, since }) => (since === 'voice' ? [latency] : []))
}

function waitOf(
  spoken: TurnLatency | null,
  { writtenLatency }: { writtenLatency: TurnLatency | null },
): Wait[] {
  if (spoken !== null) return [{ latency: spoken, since: 'voice' }]
  return writtenLatency === null ? [] : [{ latency: writtenLatency, since: 'words' }]
}
