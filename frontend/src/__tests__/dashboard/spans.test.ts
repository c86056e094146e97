import { describe, expect, it } from 'vitest'
import {
  daysIn,
  problemsOf,
  queryOf,
  readSpan,
  writeSpan,
  type Span,
} from '@/components/features/Dashboard/spans'

const NOW = new Date(2026, 10, 22, 17, 30)
const OFFSET = -NOW.getTimezoneOffset()
const midnight = (month: number, day: number) => Date.UTC(2026, month - 1, day) - OFFSET * 60_000
const span = (change: Partial<Span> = {}): Span => ({ range: '7', from: '', to: '', agent_id: '', ...change })

describe('a span', () => {
  it.each([
    ['today', midnight(11, 22), 'hour'],
    ['7', midnight(11, 16), 'day'],
    ['30', midnight(10, 24), 'day'],
  ] as const)('of %s begins at a midnight and ends now', (range, from, bucket) => {
    expect(queryOf(span({ range }), NOW)).toEqual({
      from,
      to: NOW.getTime() + 1,
      bucket,
      utc_offset_min: OFFSET,
    })
  })

  it('of own days holds the last one, and asks for one agent', () => {
    const own = span({ range: 'own', from: '2026-11-03', to: '2026-11-05', agent_id: 'a' })
    expect(queryOf(own, NOW)).toMatchObject({
      from: midnight(11, 3),
      to: midnight(11, 6),
      bucket: 'day',
      agent_id: 'a',
    })
  })

  it.each([
    [{ from: '', to: '2026-11-05' }, { from: 'missing' }],
    [{ from: '2026-11-03', to: '' }, { to: 'missing' }],
    [{ from: '2026-11-03', to: '2026-11-02' }, { to: 'reversed' }],
    [{ from: '2026-11-23', to: '2026-11-24' }, { from: 'future' }],
    [{ from: '2025-11-22', to: '2026-11-23' }, { to: 'tooLong' }],
    [{ from: '2026-02-30', to: '2026-11-23' }, { from: 'missing' }],
  ] as const)('of %j says what is wrong, and asks for nothing', (days, problems) => {
    const own = span({ range: 'own', ...days })
    expect(problemsOf(own, NOW)).toEqual(problems)
    expect(queryOf(own, NOW)).toBeNull()
  })

  it('survives the address', () => {
    for (const each of [
      span(),
      span({ range: 'today', agent_id: 'agent-1' }),
      span({ range: 'own', from: '2026-11-03', to: '2026-11-05' }),
    ]) {
      expect(readSpan(writeSpan(each))).toEqual(each)
    }
    expect(readSpan(new URLSearchParams('range=century&from=yesterday'))).toEqual(span())
  })

  it('names the days that it holds', () => {
    expect(daysIn(span(), NOW)).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  })
})
