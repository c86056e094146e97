/** The server's messages of a browser call, parsed at the door (docs/architecture/PROTOCOL.md, version 1). */
import * as z from '@/zod'
import { parseEntry, type TimelineEntry } from '@/conversation/timeline'
import type { EndCause } from '@/types'

export const PROTOCOL_VERSION = 1

const said = { code: z.string(), message: z.string() }

const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    call_id: z.string(),
    agent: z.object({ id: z.string(), name: z.string(), language: z.string() }),
    audio: z.object({ input_rate: z.number(), output_rate: z.number() }),
    started_at: z.number(),
  }),
  z.object({ type: z.literal('timeline'), entry: z.unknown() }),
  z.object({ type: z.literal('committed'), seq: z.number().int() }),
  z.object({ type: z.literal('flush') }),
  z.object({ type: z.literal('trouble'), ...said }),
  z.object({ type: z.literal('error'), ...said }),
  z.object({ type: z.literal('ended'), cause: z.string() as unknown as z.ZodType<EndCause> }),
])

const knownTypes: ReadonlySet<string> = new Set(
  messageSchema.options.map((option) => option.shape.type.value),
)

type Parsed = z.infer<typeof messageSchema>
export type ServerMessage = Exclude<Parsed, { type: 'timeline' }> | { type: 'timeline'; entry: TimelineEntry }

/** Return the message, or null if it is of a type that a newer server has. Throws on anything malformed. */
export function parseMessage(text: string): ServerMessage | null {
  const json: unknown = JSON.parse(text)
  const { type } = z.looseObject({ type: z.string() }).parse(json)
  if (!knownTypes.has(type)) return null
  const message = messageSchema.parse(json)
  return message.type === 'timeline' ? { type: 'timeline', entry: parseEntry(message.entry) } : message
}

/** What the person is told when the socket closes with this code and no `error` or `ended` came before. */
export function failureOfClose(code: number): string {
  return CLOSE_CODES.get(code) ?? 'connection-lost'
}

const CLOSE_CODES: ReadonlyMap<number, string> = new Map([
  [1003, 'unexpected-message'],
  [1007, 'bad-audio'],
  [1008, 'ticket-invalid'],
  [1009, 'too-large'],
  [1011, 'internal-error'],
  [1012, 'restarting'],
  [1013, 'busy'],
])
