import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { localeOf } from '@/i18n/locale'

const NS_PER_MS = 1_000_000

/** Times and figures as the person's language writes them. */
export function useFormat() {
  const { i18n, t } = useTranslation()
  return useMemo(() => {
    const locale = localeOf(i18n.language)
    const parts = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' } as const
    const thisYear = new Intl.DateTimeFormat(locale, parts)
    const otherYears = new Intl.DateTimeFormat(locale, { ...parts, year: 'numeric' })
    const seconds = new Intl.NumberFormat(locale, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    })
    const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
    const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
    return {
      /** Unix milliseconds as date and time of day; the year is told only if it is another one. */
      dateTime: (ms: number) => {
        const isThisYear = new Date(ms).getFullYear() === new Date().getFullYear()
        return (isThisYear ? thisYear : otherYears).format(ms)
      },
      /** A latency: milliseconds below a second, seconds from there on. */
      latency: (ms: number) =>
        ms < 999.5
          ? t('common.milliseconds', { value: whole.format(ms) })
          : t('common.seconds', { value: seconds.format(ms / 1_000) }),
      number: (value: number) => whole.format(value),
      decimal: (value: number) => decimal.format(value),
      duration,
      /** Nanoseconds since the call began as minutes and seconds. */
      instant: (ns: number) => duration(ns / NS_PER_MS),
    }
  }, [i18n.language, t])
}

/** Milliseconds as `m:ss` or `h:mm:ss`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const tail = `${String(m).padStart(h > 0 ? 2 : 1, '0')}:${String(s).padStart(2, '0')}`
  return h > 0 ? `${h}:${tail}` : tail
}
