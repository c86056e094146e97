import * as z from '@/zod'
import { LINE_LIMITS, type Carrier, type PhoneLine, type PhoneLineDraft } from '@/types/telephony'
import { plainNumber } from '@/utils/phoneNumber'
import { phoneField } from '../common/phoneField'

export const lineSchema = z.object({
  number: phoneField,
  carrier: z.string().min(1, 'required'),
  agent_id: z.string().min(1, 'required'),
  label: z.string().trim().max(LINE_LIMITS.label, 'tooLong'),
  /** Empty: the agent's own. */
  language: z.string(),
})

export type LineValues = z.infer<typeof lineSchema>

/** What the form starts with: a stored line, or a new one at the first carrier that works. */
export function lineValues(stored: PhoneLine | undefined, carriers: readonly Carrier[]): LineValues {
  const carrier = carriers.find(({ configured }) => configured) ?? carriers[0]
  return {
    number: stored?.number ?? '',
    carrier: stored?.carrier ?? carrier?.name ?? '',
    agent_id: stored?.agent_id ?? '',
    label: stored?.label ?? '',
    language: stored?.language ?? '',
  }
}

/** What to send. */
export function lineDraft({ number, language, ...rest }: LineValues): PhoneLineDraft {
  return { ...rest, number: plainNumber(number), language: language === '' ? null : language }
}
