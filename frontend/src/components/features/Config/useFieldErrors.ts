import { useFormContext, type FieldPath } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { AgentValues } from './agentSchema'

/** The error of a field in words: ours are translated, the server's are shown as it said them. */
export function useFieldErrors(): (field: FieldPath<AgentValues>, max?: number) => string | undefined {
  const { t } = useTranslation()
  const { formState, getFieldState } = useFormContext<AgentValues>()
  return (field, max) => {
    const message = getFieldState(field, formState).error?.message
    if (message === 'required') return t('agentForm.errors.required')
    if (message === 'tooLong') return t('agentForm.errors.tooLong', { max: max ?? 0 })
    return message
  }
}
