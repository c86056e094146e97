/** What is taken of an entry of a timeline, and what is refused. */
import { describe, expect, it } from 'vitest'
import { fold } from '@/conversation/fold'
import { parseEntry } from '@/conversation/timeline'
import { EMPTY_VIEW } from '@/conversation/view'
import { commit } from '@/testing/timelines'

describe('an entry at the door', () => {
  it('passes over events and effects of types that a newer server has', () => {
    const entry = parseEntry({
      seq: 1,
      event: { type: 'sneezed', at: 5 },
      effects: [{ type: 'say_bless_you' }],
    })
    expect(entry).toEqual({ seq: 1, event: { type: 'unknown', at: 5 }, effects: [{ type: 'unknown' }] })
    expect(fold(EMPTY_VIEW, entry)).toMatchObject({ seq: 1, items: [] })
  })

  it('ignores fields that it does not know', () => {
    const entry = parseEntry({ seq: 1, event: { type: 'call_started', at: 0, mood: 'fine' }, effects: [] })
    expect(entry.event).toEqual({ type: 'call_started', at: 0 })
  })

  it.each([
    ['no seq', { event: { type: 'call_started', at: 0 }, effects: [] }],
    [
      'a clause without its text',
      { seq: 1, event: { type: 'clause_generated', at: 0, reply_id: 1 }, effects: [] },
    ],
    [
      'a turn of an unknown party',
      { seq: 1, event: { type: 'call_started', at: 0 }, effects: [commit(1, 'ghost' as 'agent', '')] },
    ],
  ])('refuses %s', (_, data) => {
    expect(() => parseEntry(data)).toThrow()
  })
})
