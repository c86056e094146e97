import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { localeOf } from '@/i18n/locale'
import type { BucketSize } from '@/types/dashboard'

/** Shares, spans of time and the names of buckets, as the person's language writes them. */
export function useDashboardFormat() {
  const { i18n, t } = useTranslation()
  return useMemo(() => {
    const locale = localeOf(i18n.language)
    const style = (options: Intl.DateTimeFormatOptions) =>
      // Buckets are shifted to their own clock before they are named, so that no clock change moves their day.
      new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    const short = {
      day: style({ day: 'numeric', month: 'short' }),
      hour: style({ hour: 'numeric', minute: '2-digit' }),
    }
    const full = {
      day: style({ weekday: 'short', day: 'numeric', month: 'short' }),
      hour: style({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }),
    }
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
    const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
    const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
    return {
      /** A part of a whole; all and none are said only of all and none. */
      share: (part: number, all: number) => {
        const rounded = part === all || part === 0 ? part / all : clamp(part / all, 0.01, 0.99)
        return percent.format(rounded)
      },
      /** Seconds, with tenths as long as they matter. */
      seconds: (ms: number) =>
        t('common.seconds', { value: (ms < 99_950 ? tenths : whole).format(ms / 1_000) }),
      /** Time that people spent talking. */
      talk: (ms: number) => {
        const minutes = Math.floor(ms / 60_000)
        if (minutes < 1) return t('common.seconds', { value: whole.format(ms / 1_000) })
        if (minutes < 60) return t('dashboard.minutes', { minutes })
        return t('dashboard.hours', { hours: whole.format(Math.floor(minutes / 60)), minutes: minutes % 60 })
      },
      bucket: (at: number, size: BucketSize, offsetMin: number) =>
        short[size].format(at + offsetMin * 60_000),
      bucketInFull: (at: number, size: BucketSize, offsetMin: number) =>
        full[size].format(at + offsetMin * 60_000),
    }
  }, [i18n.language, t])
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
