import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/types'
import { useFaultText } from './useFaultText'
import { useRetryText } from './useRetryText'

const TOO_MANY_REQUESTS = 429
/** What an engine lacks, or how far its preparation has come, only the server can say. */
const TOLD_IN_DETAIL = 'not-ready'

/**
 * Say a problem in the person's language if its code has words there, else in the server's own. One that is over
 * after a while says when.
 */
export function useProblemText(): (problem: Problem) => string {
  const { t, i18n } = useTranslation()
  const faultText = useFaultText()
  const retryText = useRetryText()
  return useCallback(
    ({ status, code, detail, retry_after_s }) => {
      const key = `problems.${code}`
      const words = i18n.exists(key) ? (t as (key: string) => string)(key) : faultText(code)
      if (words === null) return detail === '' ? t('problems.unexpected') : detail
      if (code === TOLD_IN_DETAIL && detail !== '') return `${words} (${detail})`
      const isLimit = status === TOO_MANY_REQUESTS && retry_after_s !== null
      return isLimit ? `${words} ${retryText(retry_after_s)}` : words
    },
    [t, i18n, faultText, retryText],
  )
}
