import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form'
import type { Problem } from '@/types'

/**
 * Put what the server refuses onto the fields that it means. Return false if it means none that the form has, so
 * that the problem has to be told some other way. `words` says a complaint in the person's language.
 */
export function showServerErrors<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  problem: Problem,
  fields: readonly string[],
  words: (field: string, message: string) => string,
): boolean {
  const known = problem.errors.filter(({ field }) => fields.includes(field))
  for (const { field, message } of known) {
    form.setError(
      field as FieldPath<Values>,
      { type: 'server', message: words(field, message) },
      { shouldFocus: true },
    )
  }
  return known.length > 0
}
