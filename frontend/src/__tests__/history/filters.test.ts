import { describe, expect, it } from 'vitest'
import {
  countFilters,
  NO_FILTERS,
  queryOf,
  readFilters,
  writeFilters,
} from '@/components/features/History/list/filters'
import { highlighted } from '@/components/features/History/list/highlight'

const read = (address: string) => readFilters(new URLSearchParams(address))

describe('the filters of the history', () => {
  it('come back from the address as they were put there', () => {
    const filters = {
      ...NO_FILTERS,
      q: 'quarter past & more',
      status: 'failed',
      tag: 'vip',
      from: '2026-03-01',
      sort: 'duration_ms',
      order: 'asc',
    } as const
    expect(read(writeFilters(filters).toString())).toEqual(filters)
    expect(writeFilters(NO_FILTERS).toString()).toBe('')
  })

  it('leave out what makes no sense', () => {
    const address = 'status=lost&sort=colour&order=up&from=2026-02-30&to=tomorrow&direction=down&end_cause=x'
    expect(read(address)).toEqual(NO_FILTERS)
  })

  it('ask the server for whole days of the person’s own calendar', () => {
    expect(queryOf(read('from=2026-03-01&to=2026-03-01'))).toEqual({
      from: new Date(2026, 2, 1).getTime(),
      to: new Date(2026, 2, 2).getTime(),
    })
  })

  it('ask the server for nothing that is not set', () => {
    expect(queryOf(read('q=%20%20'))).toEqual({})
    expect(queryOf(read('q=visit&sort=voice_to_voice_ms&order=asc'))).toEqual({
      q: 'visit',
      sort: 'voice_to_voice_ms',
      order: 'asc',
    })
  })

  it('are counted, except for the order', () => {
    expect(countFilters(read('q=a&tag=b&sort=duration_ms&order=asc'))).toBe(2)
  })
})

describe('the words of a search', () => {
  const hits = (text: string, search: string) =>
    highlighted(text, search).flatMap((piece) => (piece.isHit ? [piece.text] : []))

  it.each([
    ['¿A qué hora abren MAÑANA?', 'manana que', ['qué', 'MAÑANA']],
    ['an appointment on Thursday', 'appoint', ['appointment']],
    ['on an island', 'an', ['an']],
    ['Thursday', 'day', []],
    ['anything', '', []],
    ['<b>bold</b>', 'b', ['b', 'b']],
  ])('are found in “%s” for “%s”', (text, search, expected) => {
    expect(hits(text, search)).toEqual(expected)
  })

  it('leave the text whole', () => {
    const text = 'one \u202etwo\u202c three one'
    expect(
      highlighted(text, 'one two')
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
  })
})
