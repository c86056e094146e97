import { ORDER_LIMITS, type OutboundCallDraft } from '@/types/telephony'
import { plainNumber } from '@/utils/phoneNumber'
import { LONGEST_VALUE } from '@/utils/variables'
import * as z from '@/zod'
import { phoneField } from '../common/phoneField'

const S_PER_MIN = 60

/** After how many minutes a busy or unanswered number is tried again. */
export const RETRY_MINUTES = [1, 5, 15, 60, 240] as const

export const ATTEMPTS = Array.from({ length: ORDER_LIMITS.attempts }, (_, n) => String(n + 1))

export const callSchema = z
  .object({
    agent_id: z.string().min(1, 'required'),
    to: phoneField,
    /** Empty: the server chooses. */
    from: z.string(),
    variables: z.record(z.string(), z.string().max(LONGEST_VALUE, 'tooLong')),
    when: z.enum(['now', 'later']),
    /** As a date field has it, on the person's own clock. */
    not_before: z.string(),
    max_attempts: z.string(),
    retry_min: z.string(),
  })
  .superRefine(({ when, not_before }, context) => {
    if (when === 'later' && Number.isNaN(Date.parse(not_before))) {
      context.addIssue({ code: 'custom', path: ['not_before'], message: 'required' })
    }
  })

export type CallValues = z.infer<typeof callSchema>

export const NEW_CALL: CallValues = {
  agent_id: '',
  to: '',
  from: '',
  variables: {},
  when: 'now',
  not_before: '',
  max_attempts: '1',
  retry_min: '5',
}

/** What to send. Of the variables, those in `names`; empty ones are left out and stay as they are written. */
export function callDraft(values: CallValues, names: readonly string[], key: string): OutboundCallDraft {
  const filled = names.flatMap((name) => {
    const value = values.variables[name]?.trim() ?? ''
    return value === '' ? [] : [[name, value] as const]
  })
  return {
    agent_id: values.agent_id,
    to: plainNumber(values.to),
    from: values.from === '' ? null : values.from,
    variables: Object.fromEntries(filled),
    not_before: values.when === 'now' ? null : Date.parse(values.not_before),
    max_attempts: Number(values.max_attempts),
    retry_after_s: Number(values.retry_min) * S_PER_MIN,
    idempotency_key: key,
  }
}

/** A name for one order: sent twice, it places one call. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
