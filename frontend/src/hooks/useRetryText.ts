import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { localeOf } from '@/i18n/locale'
import { useFormat } from './useFormat'

const MINUTE_S = 60
const HOUR_S = 3_600

/** Say how many seconds, or minutes, to wait; what is further off is said as a time of day. */
export function useRetryText(): (seconds: number) => string {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  return useCallback(
    (seconds) => {
      if (seconds >= HOUR_S) {
        return t('retry.at', { when: format.dateTime(Date.now() + seconds * 1_000) })
      }
      const isSoon = seconds < MINUTE_S
      const amount = isSoon ? Math.max(1, seconds) : Math.ceil(seconds / MINUTE_S)
      const time = new Intl.NumberFormat(localeOf(i18n.language), {
        style: 'unit',
        unit: isSoon ? 'second' : 'minute',
        unitDisplay: 'long',
      })
      return t('retry.in', { time: time.format(amount) })
    },
    [t, i18n.language, format],
  )
}
