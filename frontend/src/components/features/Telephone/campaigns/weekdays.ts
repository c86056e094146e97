/** The first of January 2024 was a Monday. */
const MONDAY = Date.UTC(2024, 0, 1)
const MS_PER_DAY = 86_400_000

/** A weekday (ISO 8601: 1 is Monday) as `locale` writes it. */
export function weekdayName(day: number, locale: string, style: 'long' | 'short'): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' })
  return format.format(MONDAY + (day - 1) * MS_PER_DAY)
}
