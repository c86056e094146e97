/** The first of January 2024 was a Monday. */
const MONDAY = Date.UTC(2024, 0, 1)
const MS_PER_DAY = 86_400_000
/** As many days in a row are read more easily as a span. */
const SPAN_DAYS = 3

/** A weekday (ISO 8601: 1 is Monday) as `locale` writes it. */
export function weekdayName(day: number, locale: string, style: 'long' | 'short'): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' })
  return format.format(MONDAY + (day - 1) * MS_PER_DAY)
}

/** Weekdays in few words: `Mon–Fri`, `Mon, Tue`, `Mon–Wed, Sun`. */
export function weekdaysInShort(days: readonly number[], locale: string): string {
  const name = (day: number) => weekdayName(day, locale, 'short')
  const runs: number[][] = []
  for (const day of [...days].sort((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run?.at(-1) === day - 1) run.push(day)
    else runs.push([day])
  }
  return runs
    .flatMap((run) =>
      run.length < SPAN_DAYS ? run.map(name) : [`${name(run[0] ?? 1)}–${name(run.at(-1) ?? 1)}`],
    )
    .join(', ')
}
