/** Which calls the dashboard is about, as the address of the page has it, and as the server is asked. */
import type { StatsQuery } from '@/types/dashboard'

export const RANGES = ['today', '7', '30', 'own'] as const
export type Range = (typeof RANGES)[number]

/** Days are `YYYY-MM-DD`, both included, and matter only to the range `own`. */
export interface Span {
  range: Range
  from: string
  to: string
  agent_id: string
}

export type SpanProblem = 'missing' | 'reversed' | 'future' | 'tooLong'

const DAY_MS = 24 * 3_600_000
const DEFAULT_RANGE: Range = '7'
/** Shorter spans are parted by hours. */
const HOURLY_DAYS = 2
/** More days than this are too thin to draw. */
export const MAX_DAYS = 366

export function readSpan(params: URLSearchParams): Span {
  const range = RANGES.find((name) => name === params.get('range')) ?? DEFAULT_RANGE
  const day = (name: string) => (dayNumber(params.get(name) ?? '') === null ? '' : (params.get(name) ?? ''))
  return { range, from: day('from'), to: day('to'), agent_id: params.get('agent') ?? '' }
}

/** Write a span for an address, only what differs from the default. */
export function writeSpan({ range, from, to, agent_id }: Span): URLSearchParams {
  const params = new URLSearchParams()
  if (range !== DEFAULT_RANGE) params.set('range', range)
  if (range === 'own' && from !== '') params.set('from', from)
  if (range === 'own' && to !== '') params.set('to', to)
  if (agent_id !== '') params.set('agent', agent_id)
  return params
}

/** Return what is wrong with the days of an own range, by field. */
export function problemsOf({ range, from, to }: Span, now: Date): { from?: SpanProblem; to?: SpanProblem } {
  if (range !== 'own') return {}
  const [first, last] = [dayNumber(from), dayNumber(to)]
  if (first === null) return { from: 'missing' }
  if (first > today(now)) return { from: 'future' }
  if (last === null) return { to: 'missing' }
  if (last < first) return { to: 'reversed' }
  return last - first >= MAX_DAYS ? { to: 'tooLong' } : {}
}

/** Return whether nothing is wrong with a span. */
export function isSound(span: Span, now: Date): boolean {
  return Object.keys(problemsOf(span, now)).length === 0
}

/** Return what to ask the server at `now`; null if the span has problems. */
export function queryOf(span: Span, now: Date): StatsQuery | null {
  if (!isSound(span, now)) return null
  const [first, last] = daysOf(span, now)
  // All days begin by the clock of now: where clocks change, the server's days have 24 hours too.
  const offset = -now.getTimezoneOffset()
  const begin = (day: number) => Math.max(0, day * DAY_MS - offset * 60_000)
  return {
    from: begin(first),
    to: Math.min(begin(last + 1), now.getTime() + 1),
    bucket: last - first < HOURLY_DAYS ? 'hour' : 'day',
    utc_offset_min: offset,
    ...(span.agent_id === '' ? {} : { agent_id: span.agent_id }),
  }
}

/** Return the first and the last day of a span as `YYYY-MM-DD`. */
export function daysIn(span: Span, now: Date): { from: string; to: string } {
  const [from, to] = daysOf(span, now).map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10))
  return { from: from ?? '', to: to ?? '' }
}

function daysOf({ range, from, to }: Span, now: Date): [number, number] {
  const last = today(now)
  if (range === 'own') return [dayNumber(from) ?? last, dayNumber(to) ?? last]
  return [range === 'today' ? last : last - Number(range) + 1, last]
}

/** Days since 1970 of the person's own calendar. */
function today(now: Date): number {
  return Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / DAY_MS
}

/** Days since 1970; null if there is no such day. */
function dayNumber(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const ms = Date.parse(`${day}T00:00:00Z`)
  const isReal = ms >= 0 && new Date(ms).toISOString().startsWith(day)
  return isReal ? ms / DAY_MS : null
}
