import { describe, expect, it } from 'vitest'
import { linesOf } from '@/components/conversation/eventLines'
import { foldAll } from '@/conversation/fold'
import { greeted } from '@/testing/timelines'

const call = greeted()
  .add(3_500, { type: 'answerer_detected', answerer: 'machine', greeting_is_over: false })
  .add(3_600, { type: 'answerer_detected', answerer: 'machine', greeting_is_over: true })
  .add(4_000, { type: 'key_pressed', key: '#' })
  .add(5_000, { type: 'hold_requested', reply_id: 2 })
  .add(
    6_000,
    { type: 'transfer_requested', reply_id: 2, destination: 'Accounts', summary: 'an invoice' },
    { type: 'transfer_call', destination: 'Accounts', summary: 'an invoice' },
  )
  .add(7_000, { type: 'transfer_failed', reply_id: 0, code: 'no-answer' })

describe('the timeline of a telephone call', () => {
  it('tells between the turns what happened to the line', () => {
    const notes = foldAll(call.entries).items.flatMap((item) => ('note' in item ? [item.note] : []))
    expect(notes).toEqual([
      { kind: 'machine' },
      { kind: 'hold' },
      { kind: 'transfer', destination: 'Accounts' },
      { kind: 'transfer-failed', code: 'no-answer' },
    ])
  })

  it('is read line by line, with keys and names', () => {
    const lines = linesOf(call.entries).filter(({ at }) => at >= 3_500_000_000)
    expect(lines.map(({ fact, group, quoted }) => [fact.type, group, quoted])).toEqual([
      ['answerer_detected', 'line', 'machine'],
      ['answerer_detected', 'line', 'machine'],
      ['key_pressed', 'caller', '#'],
      ['hold_requested', 'line', ''],
      ['transfer_requested', 'line', 'Accounts: an invoice'],
      ['transfer_call', 'line', 'Accounts: an invoice'],
      ['transfer_failed', 'line', 'no-answer'],
    ])
  })
})
