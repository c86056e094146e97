/**
 * The timeline of a call, parsed at the door (docs/architecture/PROTOCOL.md, "Timeline entries").
 *
 * An event or effect of a type we do not know becomes `{type: 'unknown'}`, as the protocol asks of clients;
 * one of a known type with wrong fields is a ZodError, because what followed from it would be wrong too.
 */
import * as z from '@/zod'
import type { EndCause, Turn, TurnLatency } from '@/types'

const instant = z.number().int()
const replyId = z.number().int()

/** Open on purpose: a cause that a newer server adds is still a cause. */
const endCause = z.string() as unknown as z.ZodType<EndCause>

const latencySchema: z.ZodType<TurnLatency> = z.object({
  pause_ms: z.number(),
  transcript_ms: z.number(),
  first_token_ms: z.number(),
  first_clause_ms: z.number(),
  first_audio_ms: z.number(),
  playout_ms: z.number(),
})

const turnSchema: z.ZodType<Turn> = z.object({
  number: z.number().int(),
  role: z.enum(['caller', 'agent']),
  content: z.string(),
  heard: z.string(),
  started_at: instant,
  ended_at: instant,
  interrupted: z.boolean(),
  reply_id: replyId.nullable(),
  latency: latencySchema.nullable(),
})

const at = { at: instant }
const ofReply = { at: instant, reply_id: replyId }

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call_started'), ...at }),
  z.object({ type: z.literal('speech_started'), ...at, since: instant }),
  z.object({ type: z.literal('speech_stopped'), ...at, since: instant, voiced_ms: z.number() }),
  z.object({ type: z.literal('partial_transcript'), ...at, text: z.string() }),
  z.object({ type: z.literal('final_transcript'), ...at, text: z.string() }),
  z.object({ type: z.literal('text_typed'), ...at, text: z.string() }),
  z.object({ type: z.literal('key_pressed'), ...at, key: z.string() }),
  z.object({
    type: z.literal('answerer_detected'),
    ...at,
    answerer: z.string(),
    greeting_is_over: z.boolean(),
  }),
  z.object({ type: z.literal('transfer_failed'), ...ofReply, code: z.string() }),
  z.object({ type: z.literal('transcript_settled'), ...at, utterance: z.number() }),
  z.object({ type: z.literal('transcription_failed'), ...at, code: z.string() }),
  z.object({ type: z.literal('media_stalled'), ...at }),
  z.object({ type: z.literal('media_resumed'), ...at }),
  z.object({ type: z.literal('caller_left'), ...at, cause: endCause }),
  z.object({ type: z.literal('first_token_received'), ...ofReply }),
  z.object({ type: z.literal('clause_generated'), ...ofReply, text: z.string() }),
  z.object({ type: z.literal('filler_queued'), ...ofReply, text: z.string() }),
  z.object({ type: z.literal('first_audio_received'), ...ofReply }),
  z.object({ type: z.literal('playout_started'), ...ofReply, audible_at: instant }),
  z.object({ type: z.literal('heard'), ...ofReply, text: z.string() }),
  z.object({ type: z.literal('playout_drained'), ...ofReply }),
  z.object({ type: z.literal('playout_flushed'), ...ofReply, heard: z.string() }),
  z.object({ type: z.literal('reply_ended'), ...ofReply }),
  z.object({ type: z.literal('reply_failed'), ...ofReply, code: z.string() }),
  z.object({ type: z.literal('end_call_requested'), ...ofReply }),
  z.object({
    type: z.literal('transfer_requested'),
    ...ofReply,
    destination: z.string(),
    summary: z.string(),
  }),
  z.object({ type: z.literal('hold_requested'), ...ofReply }),
  z.object({
    type: z.literal('engine_failed'),
    ...at,
    port: z.string(),
    engine: z.string(),
    code: z.string(),
    successor: z.string(),
  }),
  z.object({ type: z.literal('deadline_reached'), ...at }),
  z.object({ type: z.literal('hang_up_requested'), ...at, cause: endCause }),
])

const replyKind = z.enum([
  'answer',
  'first_message',
  'idle_prompt',
  'reprompt',
  'goodbye',
  'apology',
  'farewell',
  'announcement',
  'voicemail',
  'transferring',
  'transfer_failed',
])

const effectSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start_reply'),
    reply_id: replyId,
    kind: replyKind,
    text: z.string(),
    speculative: z.boolean().default(false),
  }),
  z.object({ type: z.literal('release_reply'), reply_id: replyId }),
  z.object({ type: z.literal('hold_playout'), reply_id: replyId }),
  z.object({ type: z.literal('resume_playout'), reply_id: replyId }),
  z.object({ type: z.literal('flush_playout'), reply_id: replyId }),
  z.object({ type: z.literal('cancel_reply'), reply_id: replyId }),
  z.object({ type: z.literal('play_filler'), reply_id: replyId }),
  z.object({ type: z.literal('finalize_transcript'), utterance: z.number() }),
  z.object({
    type: z.literal('publish_latency'),
    reply_id: replyId,
    latency: latencySchema,
    head_start_ms: z.number().default(0),
  }),
  z.object({ type: z.literal('commit_turn'), turn: turnSchema }),
  z.object({ type: z.literal('transfer_call'), destination: z.string(), summary: z.string() }),
  z.object({ type: z.literal('hang_up'), cause: endCause }),
])

export type ReplyKind = z.infer<typeof replyKind>
export type TimelineEvent = z.infer<typeof eventSchema> | { type: 'unknown'; at: number }
export type TimelineEffect = z.infer<typeof effectSchema> | { type: 'unknown' }

export interface TimelineEntry {
  seq: number
  event: TimelineEvent
  effects: TimelineEffect[]
}

const eventTypes = knownTypes(eventSchema)
const effectTypes = knownTypes(effectSchema)

const envelopeSchema = z.object({
  seq: z.number().int().positive(),
  event: z.looseObject({ type: z.string(), at: instant }),
  effects: z.array(z.looseObject({ type: z.string() })),
})

/** Return one entry. Throws a ZodError if it is malformed. */
export function parseEntry(data: unknown): TimelineEntry {
  const { seq, event, effects } = envelopeSchema.parse(data)
  return {
    seq,
    event: eventTypes.has(event.type) ? eventSchema.parse(event) : { type: 'unknown', at: event.at },
    effects: effects.map((effect) =>
      effectTypes.has(effect.type) ? effectSchema.parse(effect) : { type: 'unknown' },
    ),
  }
}

function knownTypes(union: { options: readonly { shape: { type: z.ZodLiteral<string> } }[] }): Set<string> {
  return new Set(union.options.map((option) => option.shape.type.value))
}
