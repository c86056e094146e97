import { numberFault } from '@/utils/phoneNumber'
import * as z from '@/zod'

/** A number as people write it; messages are codes of useErrorText. */
export const phoneField = z.string().superRefine((text, context) => {
  const fault = numberFault(text)
  if (fault !== null) context.addIssue({ code: 'custom', message: fault })
})
