import { describe, expect, it } from 'vitest'
import { withdrawnDrafts } from '@/components/conversation/drafts'
import { filtered, LINE_GROUPS, linesOf } from '@/components/conversation/eventLines'
import { roundedParts } from '@/components/conversation/rounding'
import { finishedCall, TimelineWriter } from '@/testing/timelines'

const begin = (reply_id: number, speculative: boolean) => ({
  type: 'start_reply',
  reply_id,
  kind: 'answer',
  text: 'words',
  speculative,
})

describe('withdrawn drafts', () => {
  it('belong to the answer that was given after them', () => {
    const { entries } = new TimelineWriter()
      .add(0, { type: 'speech_stopped', since: 0, voiced_ms: 1 }, begin(2, true))
      .add(1, { type: 'clause_generated', reply_id: 2, text: 'On Monday' })
      .add(2, { type: 'speech_started', since: 2 }, { type: 'cancel_reply', reply_id: 2 })
      .add(3, { type: 'speech_stopped', since: 3, voiced_ms: 1 }, begin(3, true))
      .add(4, { type: 'deadline_reached' }, { type: 'release_reply', reply_id: 3 })
    const found = withdrawnDrafts(entries)
    expect([...found.keys()]).toEqual([3])
    expect(found.get(3)).toEqual([{ replyId: 2, begunAt: 0, withdrawnAt: 2_000_000, text: 'On Monday' }])
  })

  it('are found before an answer that was begun afresh', () => {
    const { entries } = new TimelineWriter()
      .add(0, { type: 'speech_stopped', since: 0, voiced_ms: 1 }, begin(2, true))
      .add(1, { type: 'speech_started', since: 1 }, { type: 'cancel_reply', reply_id: 2 })
      .add(2, { type: 'deadline_reached' }, begin(3, false))
    expect(withdrawnDrafts(entries).get(3)).toHaveLength(1)
  })

  it('are not replies that were cut after they had become the answer', () => {
    const { entries } = new TimelineWriter()
      .add(0, { type: 'speech_stopped', since: 0, voiced_ms: 1 }, begin(2, true))
      .add(1, { type: 'deadline_reached' }, { type: 'release_reply', reply_id: 2 })
      .add(2, { type: 'speech_started', since: 2 }, { type: 'cancel_reply', reply_id: 2 })
      .add(3, { type: 'deadline_reached' }, begin(3, false))
    expect(withdrawnDrafts(entries).size).toBe(0)
  })
})

describe('the figures of a waterfall', () => {
  it.each([
    [
      [0.4, 0.4, 0.4],
      [1, 0, 0],
    ],
    [
      [480.5, 36.5, 0, 212.9],
      [481, 36, 0, 213],
    ],
    [[], []],
  ])('%j are rounded to %j, which sum to the rounded total', (parts, expected) => {
    expect(roundedParts(parts)).toEqual(expected)
  })
})

describe('the lines of the event log', () => {
  const lines = linesOf(finishedCall().entries)

  it('are all events and effects in order', () => {
    expect(lines.slice(0, 3).map(({ fact }) => fact.type)).toEqual([
      'call_started',
      'start_reply',
      'clause_generated',
    ])
    expect(lines.at(-1)?.fact.type).toBe('hang_up')
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length)
  })

  it('are narrowed by kind and by what they quote', () => {
    const all = new Set(LINE_GROUPS)
    expect(filtered(lines, all, '')).toEqual(lines)
    expect(filtered(lines, new Set(['words']), '').map(({ quoted }) => quoted)).toContain('mm-hm')
    expect(filtered(lines, all, ' THURSDAY ').map(({ fact }) => fact.type)).toEqual([
      'final_transcript',
      'commit_turn',
    ])
  })
})
