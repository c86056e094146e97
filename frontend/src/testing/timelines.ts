/** Timelines as a server would write them, in the protocol's own JSON. */
import { foldAll } from '@/conversation/fold'
import { parseEntry, type TimelineEntry } from '@/conversation/timeline'
import type { TurnLatency } from '@/types'

export const NS_PER_MS = 1_000_000

export const LATENCY: TurnLatency = {
  pause_ms: 480,
  transcript_ms: 36,
  first_token_ms: 212,
  first_clause_ms: 88,
  first_audio_ms: 71,
  playout_ms: 13,
}

type Fact = Record<string, unknown> & { type: string }

/** Collects entries; times are milliseconds since the call began. */
export class TimelineWriter {
  readonly raw: unknown[] = []

  add(atMs: number, event: Fact, ...effects: Fact[]): this {
    this.raw.push({ seq: this.raw.length + 1, event: { ...event, at: atMs * NS_PER_MS }, effects })
    return this
  }

  get entries(): TimelineEntry[] {
    return this.raw.map(parseEntry)
  }
}

/** The view after all entries up to the call's `atMs`. */
export const at = (writer: TimelineWriter, atMs: number) =>
  foldAll(writer.entries.filter(({ event }) => event.at <= atMs * NS_PER_MS))

export function commit(
  number: number,
  role: 'caller' | 'agent',
  content: string,
  more: { heard?: string; reply_id?: number; latency?: TurnLatency; fromMs?: number; toMs?: number } = {},
): Fact {
  const heard = more.heard ?? content
  return {
    type: 'commit_turn',
    turn: {
      number,
      role,
      content,
      heard,
      started_at: (more.fromMs ?? 0) * NS_PER_MS,
      ended_at: (more.toMs ?? 0) * NS_PER_MS,
      interrupted: heard !== content,
      reply_id: more.reply_id ?? null,
      latency: more.latency ?? null,
    },
  }
}

export const GREETING = 'Good morning. How can I help you?'
export const QUESTION = 'I would like an appointment on Thursday.'
export const ANSWER = 'Of course. We have a quarter past ten, and half past five in the afternoon.'
export const HEARD = 'Of course. We have a quarter past ten'

/** Greeting, question, an answer that survives an "mm-hm" and is then interrupted. */
export function interruptedCall(): TimelineWriter {
  return greeted()
    .add(4_200, { type: 'speech_started', since: 4_000 * NS_PER_MS })
    .add(4_900, { type: 'partial_transcript', text: 'I would like' })
    .add(6_300, { type: 'speech_stopped', since: 6_200 * NS_PER_MS, voiced_ms: 2_000 })
    .add(6_500, { type: 'final_transcript', text: QUESTION })
    .add(6_700, { type: 'deadline_reached' }, commit(2, 'caller', QUESTION, { fromMs: 4_000, toMs: 6_200 }), {
      type: 'start_reply',
      reply_id: 2,
      kind: 'answer',
      text: QUESTION,
    })
    .add(6_900, { type: 'first_token_received', reply_id: 2 })
    .add(7_000, { type: 'clause_generated', reply_id: 2, text: ANSWER })
    .add(
      7_100,
      { type: 'playout_started', reply_id: 2, audible_at: 7_100 * NS_PER_MS },
      { type: 'publish_latency', reply_id: 2, latency: LATENCY },
    )
    .add(7_900, { type: 'heard', reply_id: 2, text: 'Of course.' })
    .add(8_000, { type: 'speech_started', since: 7_950 * NS_PER_MS }, { type: 'hold_playout', reply_id: 2 })
    .add(8_200, { type: 'partial_transcript', text: 'mm-hm' }, { type: 'resume_playout', reply_id: 2 })
    .add(10_000, { type: 'speech_started', since: 9_950 * NS_PER_MS }, { type: 'hold_playout', reply_id: 2 })
    .add(
      10_300,
      { type: 'partial_transcript', text: 'the first' },
      { type: 'flush_playout', reply_id: 2 },
      { type: 'cancel_reply', reply_id: 2 },
    )
}

/** The same, with the interrupted turn committed and the call hung up. */
export function finishedCall(): TimelineWriter {
  return interruptedCall()
    .add(
      10_320,
      { type: 'playout_flushed', reply_id: 2, heard: HEARD },
      commit(3, 'agent', ANSWER, {
        heard: HEARD,
        reply_id: 2,
        latency: LATENCY,
        fromMs: 7_100,
        toMs: 10_300,
      }),
    )
    .add(
      12_000,
      { type: 'caller_left', cause: 'caller-hung-up' },
      commit(4, 'caller', 'the first one', { fromMs: 9_950, toMs: 11_000 }),
      { type: 'hang_up', cause: 'caller-hung-up' },
    )
}

export function greeted(): TimelineWriter {
  return new TimelineWriter()
    .add(
      0,
      { type: 'call_started' },
      { type: 'start_reply', reply_id: 1, kind: 'first_message', text: GREETING },
    )
    .add(20, { type: 'clause_generated', reply_id: 1, text: GREETING })
    .add(90, { type: 'playout_started', reply_id: 1, audible_at: 90 * NS_PER_MS })
    .add(
      3_000,
      { type: 'reply_ended', reply_id: 1 },
      commit(1, 'agent', GREETING, { reply_id: 1, fromMs: 90, toMs: 3_000 }),
    )
}
