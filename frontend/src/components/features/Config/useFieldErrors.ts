import { useFormContext, type FieldPath } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { AgentValues } from './agentSchema'

/** What the sentences about a limit say. */
export interface LimitWords {
  min?: string | number
  max?: string | number
}

const MESSAGES = [
  'required',
  'tooLong',
  'notANumber',
  'notWhole',
  'outOfRange',
  'shorterThanShortest',
  'wordTooLong',
  'tooManyWords',
  'sameName',
  'voicemailNeeded',
] as const

/** What is wrong with a telephone number. */
const OF_NUMBERS = ['country', 'signs', 'digits'] as const

/** The error of a field in words: ours are translated, the server's are shown as it said them. */
export function useFieldErrors(): (field: FieldPath<AgentValues>, limits?: LimitWords) => string | undefined {
  const { t } = useTranslation()
  const { formState, getFieldState } = useFormContext<AgentValues>()
  return (field, { min = 0, max = 0 } = {}) => {
    const message = firstMessage(getFieldState(field, formState).error)
    const ofNumber = OF_NUMBERS.find((known) => known === message)
    if (ofNumber !== undefined) return t(`phone.errors.${ofNumber}`)
    const ours = MESSAGES.find((known) => known === message)
    return ours === undefined ? message : t(`agentForm.errors.${ours}`, { min, max })
  }
}

/** The error of a field, of a list as a whole, or of one of its items. */
function firstMessage(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('message' in error && typeof error.message === 'string') return error.message
  if ('root' in error) return firstMessage(error.root)
  return Array.isArray(error) ? error.map(firstMessage).find((message) => message !== undefined) : undefined
}
