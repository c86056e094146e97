import { useState } from 'react'
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '@/hooks/useProblemText'
import type { Problem } from '@/types'
import { showServerErrors } from '@/utils/serverErrors'

/** Codes that mean one field of a form whatever the server names. */
const FIELD_OF: Readonly<Record<string, string>> = { 'forbidden-number': 'to' }

/**
 * Put a refusal where it belongs: at the fields that it means, else into a `notice` for the form as a whole.
 * `clear` forgets the notice.
 */
export function useShowRefusal<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  fields: readonly string[],
) {
  const { t, i18n } = useTranslation()
  const problemText = useProblemText()
  const [notice, setNotice] = useState<string | null>(null)

  const show = (problem: Problem) => {
    const text = problemText(problem)
    const field = FIELD_OF[problem.code]
    if (field !== undefined && fields.includes(field)) {
      form.setError(field as FieldPath<Values>, { type: 'server', message: text }, { shouldFocus: true })
      return
    }
    // That something is wrong is no news to who reads it at its field: what is wrong there says the server.
    const saysWhat = problem.code !== 'validation' && i18n.exists(`problems.${problem.code}`)
    const words = (_field: string, reason: string) =>
      saysWhat ? text : t('phone.errors.refused', { reason })
    if (!showServerErrors(form, problem, fields, words)) setNotice(text)
  }
  return { show, notice, clear: () => setNotice(null) }
}
