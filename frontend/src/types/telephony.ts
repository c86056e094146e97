/** What the routes of telephones say and expect. Times are Unix milliseconds, numbers E.164. */
import type { components } from './generated/api'

type Schemas = components['schemas']

/** One of our numbers, and who answers it; without `language` the agent speaks its own. */
export type PhoneLine = Schemas['PhoneLine']
export type PhoneLineDraft = Schemas['PhoneLineDraft']

/** Who brings the calls, what to enter there, and which of the server's settings it lacks. */
export type Carrier = Schemas['Carrier']

/** Limits of backend/domain/entities/phone_line.py. */
export const LINE_LIMITS = { label: 80 } as const
