import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/types'

/** Say a problem in the person's language if its code has words there, else in the server's own. */
export function useProblemText(): (problem: Problem) => string {
  const { t, i18n } = useTranslation()
  return useCallback(
    (problem) => {
      const key = `problems.${problem.code}`
      if (i18n.exists(key)) return (t as (key: string) => string)(key)
      return problem.detail === '' ? t('problems.unexpected') : problem.detail
    },
    [t, i18n],
  )
}
