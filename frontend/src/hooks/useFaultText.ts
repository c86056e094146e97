import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** Say in the person's language what a code of an engine or a line means; null if there are no words for it. */
export function useFaultText(): (code: string) => string | null {
  const { t, i18n } = useTranslation()
  return useCallback(
    (code) => {
      const key = [`faults.${code}`, `problems.${code}`].find((known) => i18n.exists(known))
      return key === undefined ? null : (t as (key: string) => string)(key)
    },
    [t, i18n],
  )
}
