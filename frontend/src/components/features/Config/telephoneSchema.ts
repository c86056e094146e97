/** What may be entered about an agent on the telephone; the limits are those of the server's entities/telephone.py. */
import type { AgentDraft } from '@/types'
import { numberFault, plainNumber } from '@/utils/phoneNumber'
import * as z from '@/zod'
import { SECOND_MS } from './turnTakingSchema'

export const TELEPHONE_LIMITS = {
  announcement: 500,
  voicemail: 1_000,
  destinations: 20,
  name: 40,
  description: 200,
  pause_ms: { min: 0.5 * SECOND_MS, max: 10 * SECOND_MS },
} as const

/** The keys that telephones have, and none: then a pause is what ends the number. */
export const END_KEYS = ['#', '*', ''] as const

const { min, max } = TELEPHONE_LIMITS.pause_ms
const text = (most: number) => z.string().max(most, 'tooLong')

const destinationSchema = z.object({
  name: text(TELEPHONE_LIMITS.name).refine((name) => name.trim() !== '', 'required'),
  number: z.string().superRefine((number, context) => {
    const fault = numberFault(number)
    if (fault !== null) context.addIssue({ code: 'custom', message: fault })
  }),
  description: text(TELEPHONE_LIMITS.description),
  warm: z.boolean(),
})

export const telephoneSchema = z
  .object({
    announcement: text(TELEPHONE_LIMITS.announcement),
    destinations: z.array(destinationSchema).max(TELEPHONE_LIMITS.destinations),
    on_machine: z.enum(['hang_up', 'leave_message', 'continue']),
    voicemail: text(TELEPHONE_LIMITS.voicemail),
    keypad: z.object({
      end_key: z.string(),
      pause_ms: z.number('notANumber').min(min, 'outOfRange').max(max, 'outOfRange').int('notWhole'),
    }),
  })
  .superRefine(({ destinations, on_machine, voicemail }, context) => {
    const names = destinations.map(({ name }) => name.trim().toLowerCase())
    names.forEach((name, n) => {
      if (name === '' || names.indexOf(name) === n) return
      context.addIssue({ code: 'custom', path: ['destinations', n, 'name'], message: 'sameName' })
    })
    if (on_machine === 'leave_message' && voicemail.trim() === '') {
      context.addIssue({ code: 'custom', path: ['voicemail'], message: 'voicemailNeeded' })
    }
  })

export type TelephoneValues = z.infer<typeof telephoneSchema>

/** What to send: numbers without their layout. */
export function telephoneOf(values: TelephoneValues): AgentDraft['telephone'] {
  const destinations = values.destinations.map((destination) => ({
    ...destination,
    name: destination.name.trim(),
    number: plainNumber(destination.number),
  }))
  return { ...values, destinations }
}
