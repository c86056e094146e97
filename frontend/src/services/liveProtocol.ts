/** The messages of the live view, parsed at the door (docs/architecture/PROTOCOL.md, version 1). */
import * as z from '@/zod'
import { LIVE_STATES, type LiveCall } from '@/types/dashboard'

export const LIVE_PROTOCOL_VERSION = 1

const callSchema = z.object({
  id: z.string(),
  agent: z.object({ id: z.string(), name: z.string() }),
  direction: z.enum(['browser', 'inbound', 'outbound']),
  started_at: z.number(),
  draft: z.optional(z.boolean()),
  state: z.enum(LIVE_STATES),
  caller_text: z.string(),
  agent_text: z.string(),
  turns: z.number(),
  last_voice_to_voice_ms: z.nullable(z.number()),
}) satisfies z.ZodType<LiveCall>

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), calls: z.array(callSchema) }),
  z.object({ type: z.literal('call'), call: callSchema }),
  z.object({ type: z.literal('ended'), call_id: z.string() }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])

const knownTypes: ReadonlySet<string> = new Set(
  messageSchema.options.map((option) => option.shape.type.value),
)

export type LiveMessage = z.infer<typeof messageSchema>

/** Return the message, or null if it is of a type that a newer server has. Throws on anything malformed. */
export function parseLiveMessage(text: string): LiveMessage | null {
  const json: unknown = JSON.parse(text)
  const { type } = z.looseObject({ type: z.string() }).parse(json)
  return knownTypes.has(type) ? messageSchema.parse(json) : null
}
