/** The list's filters as the address of the page has them: text, with days instead of instants. */
import { CALL_LIMITS, type CallQuery, type CallSort, type Direction } from '@/types/calls'
import type { CallStatus, EndCause } from '@/types'

/** Days are `YYYY-MM-DD` of the person's own calendar, both included; empty text narrows nothing. */
export interface Filters {
  q: string
  agent_id: string
  status: CallStatus | ''
  end_cause: EndCause | ''
  direction: Direction | ''
  tag: string
  from: string
  to: string
  sort: CallSort
  order: 'asc' | 'desc'
}

export const STATUSES: readonly CallStatus[] = ['live', 'completed', 'failed', 'interrupted']
export const DIRECTIONS: readonly Direction[] = ['browser', 'inbound', 'outbound']
export const SORTS: readonly CallSort[] = ['started_at', 'duration_ms', 'voice_to_voice_ms']
export const END_CAUSES: readonly EndCause[] = [
  'caller-hung-up',
  'agent-hung-up',
  'connection-lost',
  'idle',
  'max-duration',
  'engines-failed',
  'requested',
  'drained',
  'internal-error',
  'process-died',
  'transferred',
  'answering-machine',
]

export const NO_FILTERS: Filters = {
  q: '',
  agent_id: '',
  status: '',
  end_cause: '',
  direction: '',
  tag: '',
  from: '',
  to: '',
  sort: 'started_at',
  order: 'desc',
}

/** Read filters from an address; what makes no sense there is left out. */
export function readFilters(params: URLSearchParams): Filters {
  const text = (name: keyof Filters) => params.get(name) ?? ''
  return {
    q: text('q').slice(0, CALL_LIMITS.q),
    agent_id: text('agent_id'),
    status: oneOf(STATUSES, text('status')) ?? '',
    end_cause: oneOf(END_CAUSES, text('end_cause')) ?? '',
    direction: oneOf(DIRECTIONS, text('direction')) ?? '',
    tag: text('tag').slice(0, CALL_LIMITS.tag),
    from: midnight(text('from')) === null ? '' : text('from'),
    to: midnight(text('to')) === null ? '' : text('to'),
    sort: oneOf(SORTS, text('sort')) ?? 'started_at',
    order: text('order') === 'asc' ? 'asc' : 'desc',
  }
}

/** Write filters for an address, only what differs from none. */
export function writeFilters(filters: Filters): URLSearchParams {
  const names = Object.keys(NO_FILTERS) as (keyof Filters)[]
  return new URLSearchParams(
    names.filter((name) => filters[name] !== NO_FILTERS[name]).map((name) => [name, filters[name]]),
  )
}

/** What the server is asked for: days become instants, `to` the midnight after it. */
export function queryOf(filters: Filters): CallQuery {
  const { from, to, ...others } = filters
  const named = Object.entries({ ...others, q: filters.q.trim() }).filter(
    ([name, value]) => value !== NO_FILTERS[name as keyof Filters],
  )
  const [first, end] = [midnight(from), midnight(to, 1)]
  return {
    ...(Object.fromEntries(named) as CallQuery),
    ...(first === null ? {} : { from: first }),
    ...(end === null ? {} : { to: end }),
  }
}

type Narrowing = Exclude<keyof Filters, 'sort' | 'order'>

/** The filters that are wanted now and then. */
export const RARER: readonly Narrowing[] = ['from', 'to', 'end_cause', 'direction', 'tag']

const NARROWING: readonly Narrowing[] = ['q', 'agent_id', 'status', ...RARER]

/** How many filters are set, of these; searching is one, sorting is none. */
export function countFilters(filters: Filters, among: readonly Narrowing[] = NARROWING): number {
  return among.filter((name) => filters[name] !== '').length
}

function oneOf<Value extends string>(values: readonly Value[], text: string): Value | undefined {
  return values.find((value) => value === text)
}

/** The beginning of a day, or of one `later`, in Unix milliseconds; null if there is no such day. */
function midnight(day: string, later = 0): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!match) return null
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number]
  const begin = new Date(year, month - 1, date)
  if (begin.getMonth() !== month - 1 || begin.getDate() !== date || begin.getTime() < 0) return null
  return new Date(year, month - 1, date + later).getTime()
}
