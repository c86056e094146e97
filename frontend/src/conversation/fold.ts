/**
 * From a timeline to a conversation: one pure reducer for the live call and the history alike, so that what
 * one debugs is what happened.
 *
 * Drafts (the caller's words being recognised, the reply being spoken) are replaced by the turn that the
 * machine commits. Notes tell what happened besides: during a reply they belong to its turn, else they stand
 * between the turns.
 */
import type { TimelineEffect, TimelineEntry, TimelineEvent } from '@/conversation/timeline'
import {
  EMPTY_VIEW,
  type CallerDraft,
  type ConversationView,
  type Item,
  type Note,
  type ReplyDraft,
} from '@/conversation/view'
import { arrivedAt, reached, writtenLatency } from '@/conversation/written'
import type { Turn } from '@/types'

/** Return the view after `entry`. Entries that were folded in before (a repeated page) change nothing. */
export function fold(view: ConversationView, entry: TimelineEntry): ConversationView {
  if (entry.seq <= view.seq) return view
  const happened = applyEvent({ ...view, seq: entry.seq, at: entry.event.at }, entry.event)
  const ordered = entry.effects.reduce((next, effect) => applyEffect(next, effect, entry), happened)
  return entry.event.type === 'reply_ended' ? withoutReply(ordered, entry.event.reply_id) : ordered
}

export function foldAll(entries: Iterable<TimelineEntry>): ConversationView {
  let view = EMPTY_VIEW
  for (const entry of entries) view = fold(view, entry)
  return view
}

function applyEvent(view: ConversationView, event: TimelineEvent): ConversationView {
  switch (event.type) {
    case 'speech_started':
      return withCaller(view, event.since, { speaking: true })
    case 'speech_stopped':
      return withCaller(view, event.since, { speaking: false })
    case 'partial_transcript':
      return withCaller(view, event.at, { partial: event.text })
    case 'final_transcript':
      return withCaller(view, event.at, {
        finals: joined(view.caller?.finals ?? '', event.text),
        partial: '',
      })
    case 'text_typed':
      return withCaller(view, event.at, {
        finals: joined(view.caller?.finals ?? '', event.text),
        typed: true,
      })
    case 'first_token_received':
      return withReply(view, event.reply_id, ({ stages }) => ({
        stages: reached(stages, 'firstToken', event.at),
      }))
    case 'clause_generated':
      return withReply(view, event.reply_id, ({ generated, stages }) => ({
        generated: generated + event.text,
        stages: reached(stages, 'firstClause', event.at),
      }))
    case 'first_audio_received':
      return withReply(view, event.reply_id, ({ stages }) => ({
        stages: reached(stages, 'firstAudio', event.at),
      }))
    case 'filler_queued':
      return withReply(view, event.reply_id, (reply) => ({ generated: event.text + reply.generated }))
    case 'playout_started':
      return withReply(view, event.reply_id, (reply) => ({
        audible: true,
        writtenLatency: reply.writtenLatency ?? waitOfWords(reply, event.audible_at),
      }))
    case 'heard':
      return withReply(view, event.reply_id, () => ({ heard: event.text }))
    case 'playout_drained':
      return withReply(view, event.reply_id, () => ({ audible: false }))
    case 'playout_flushed':
      return withReply(view, event.reply_id, () => ({ heard: event.heard, audible: false }))
    case 'reply_failed':
      return withNote(view, { kind: 'reply-failed', code: event.code })
    case 'engine_failed':
      return withNote(view, engineNote(event))
    case 'transfer_failed':
      return withNote(view, { kind: 'transfer-failed', code: event.code })
    case 'hold_requested':
      return withNote(view, { kind: 'hold' })
    case 'answerer_detected':
      // Told again when the greeting is over: once is enough for who reads.
      return (event.answerer === 'machine' || event.answerer === 'fax') && !event.greeting_is_over
        ? withNote(view, { kind: event.answerer })
        : view
    case 'transcription_failed':
      return withNote(view, { kind: 'transcription-failed', code: event.code })
    case 'media_stalled':
      return withNote({ ...view, stalled: true }, { kind: 'media-stalled' })
    case 'media_resumed':
      return withNote({ ...view, stalled: false }, { kind: 'media-resumed' })
    default:
      return view
  }
}

function applyEffect(view: ConversationView, effect: TimelineEffect, entry: TimelineEntry): ConversationView {
  switch (effect.type) {
    case 'start_reply':
      return { ...withoutReply(view, view.reply?.id), reply: newReply(effect, entry.event) }
    case 'release_reply':
      return withReply(view, effect.reply_id, () => ({ speculative: false }))
    case 'hold_playout':
      return withReply(view, effect.reply_id, () => ({ held: true }))
    case 'resume_playout':
      return resumed(view, effect.reply_id)
    case 'flush_playout':
    case 'cancel_reply':
      return cut(view, effect.reply_id)
    case 'play_filler':
      return withNote(view, { kind: 'filler' })
    case 'publish_latency':
      return withReply(view, effect.reply_id, () => ({
        latency: effect.latency,
        headStartMs: effect.head_start_ms,
      }))
    case 'transfer_call':
      return withNote(view, { kind: 'transfer', destination: effect.destination })
    case 'commit_turn':
      return committed(view, effect.turn)
    case 'hang_up':
      return {
        ...withoutReply(view, view.reply?.id),
        endCause: effect.cause,
        caller: null,
        stalled: false,
      }
    default:
      return view
  }
}

/** Which engine failed, and who is asked next: another one, the same again, or nobody. */
function engineNote(event: { port: string; engine: string; code: string; successor: string }): Note {
  const { port, engine, code, successor } = event
  if (successor === '') return { kind: 'engine-lost', port, engine, code }
  if (successor === engine) return { kind: 'engine-retried', port, engine, code }
  return { kind: 'engine-replaced', port, engine, code, successor }
}

type StartReply = Extract<TimelineEffect, { type: 'start_reply' }>

function newReply(effect: StartReply, cause: TimelineEvent): ReplyDraft {
  const answersWords = cause.type === 'text_typed' && effect.kind === 'answer'
  return {
    id: effect.reply_id,
    kind: effect.kind,
    generated: '',
    heard: '',
    audible: false,
    held: false,
    cut: false,
    speculative: effect.speculative,
    latency: null,
    stages: answersWords ? arrivedAt(cause.at) : null,
    writtenLatency: null,
    headStartMs: 0,
    startedAt: cause.at,
    asides: [],
  }
}

function waitOfWords({ stages }: ReplyDraft, audibleAt: number) {
  return stages === null ? null : writtenLatency(stages, audibleAt)
}

function withCaller(view: ConversationView, since: number, change: Partial<CallerDraft>): ConversationView {
  const draft = view.caller ?? { finals: '', partial: '', since, speaking: false, typed: false }
  return { ...view, caller: { ...draft, ...change } }
}

/** Change the reply in progress; facts about any other reply are late and mean nothing to the view. */
function withReply(
  view: ConversationView,
  id: number,
  change: (reply: ReplyDraft) => Partial<ReplyDraft>,
): ConversationView {
  if (view.reply?.id !== id) return view
  return { ...view, reply: { ...view.reply, ...change(view.reply) } }
}

/** Forget the reply without a turn of its own; its asides stay. */
function withoutReply(view: ConversationView, id: number | undefined): ConversationView {
  if (view.reply === null) return view
  const { id: current, asides } = view.reply
  return current === id ? asides.reduce(appendNote, { ...view, reply: null }) : view
}

function withNote(view: ConversationView, note: Note): ConversationView {
  if (view.reply === null) return appendNote(view, note)
  return { ...view, reply: { ...view.reply, asides: [...view.reply.asides, note] } }
}

function appendNote(view: ConversationView, note: Note): ConversationView {
  const key = `note-${view.seq}-${view.items.length}`
  return { ...view, items: [...view.items, { key, at: view.at, note }] }
}

/** The agent goes on: what the caller said meanwhile was a sign of listening, not a turn. */
function resumed(view: ConversationView, id: number): ConversationView {
  if (view.reply?.id !== id) return view
  const going = withReply(view, id, () => ({ held: false }))
  const text = view.caller === null ? '' : joined(view.caller.finals, view.caller.partial)
  return text === '' ? going : withNote({ ...going, caller: null }, { kind: 'backchannel', text })
}

/** The caller took the floor. A reply that was never audible simply goes; nobody missed anything. */
function cut(view: ConversationView, id: number): ConversationView {
  const { reply } = view
  if (reply?.id !== id || reply.cut) return view
  const wasAudible = reply.audible || reply.held || reply.heard !== ''
  if (!wasAudible) return withoutReply(view, id)
  return withReply(view, id, () => ({ cut: true, held: false, audible: false }))
}

function committed(view: ConversationView, turn: Turn): ConversationView {
  const reply = turn.role === 'agent' && view.reply?.id === turn.reply_id ? view.reply : null
  const item = {
    key: `turn-${turn.number}`,
    at: turn.started_at,
    turn,
    replyKind: reply?.kind ?? null,
    headStartMs: reply?.headStartMs ?? 0,
    writtenLatency: reply?.writtenLatency ?? null,
    typed: turn.role === 'caller' && view.caller?.typed === true,
    asides: reply?.asides ?? [],
  }
  return {
    ...view,
    items: turn.role === 'caller' ? placed(view.items, item) : [...view.items, item],
    caller: turn.role === 'caller' ? null : view.caller,
    reply: reply === null ? view.reply : null,
  }
}

/** What callers said is a turn only once it was answered: what went wrong meanwhile stands behind it. */
function placed(items: readonly Item[], turn: Item): Item[] {
  const before = items.findLastIndex((item) => 'turn' in item || item.at <= turn.at) + 1
  return [...items.slice(0, before), turn, ...items.slice(before)]
}

function joined(before: string, after: string): string {
  return [before.trim(), after.trim()].filter((part) => part !== '').join(' ')
}
