import { describe, expect, it } from 'vitest'
import { anchorsOf, wordAt, wordsOf } from '@/components/features/History/transcript/wordTimes'
import { foldAll } from '@/conversation/fold'
import { turnsOf } from '@/conversation/view'
import { commit, finishedCall, HEARD, TimelineWriter } from '@/testing/timelines'

const NS_PER_MS = 1_000_000

/** The words of one turn with their times in milliseconds. */
function timesOf(writer: TimelineWriter, number: number): [string, number][] {
  const turn = turnsOf(foldAll(writer.entries)).find((it) => it.number === number)
  if (!turn) throw new Error('no such turn')
  return wordsOf(turn, anchorsOf(writer.entries)).map(({ from, to, at }) => [
    turn.content.slice(from, to),
    Math.round(at / NS_PER_MS),
  ])
}

describe('the time of a word', () => {
  it('is when the caller was played it, where the timeline knows', () => {
    const times = timesOf(finishedCall(), 3)
    expect(times[0]).toEqual(['Of', 7_100])
    // "Of course." had been heard by 7 900 ms; 27 more characters by 10 300 ms, and this one follows a space.
    expect(times[2]).toEqual(['We', Math.round(7_900 + (1 / 27) * 2_400)])
  })

  it('exists only for what was heard', () => {
    const words = timesOf(finishedCall(), 3).map(([word]) => word)
    expect(words.join(' ')).toBe(HEARD)
  })

  it('is spread over the caller’s voice by the length of the words', () => {
    expect(timesOf(finishedCall(), 2).map(([, at]) => at)).toEqual(
      [0, 2, 8, 13, 16, 28, 31].map((chars) => Math.round(4_000 + (chars / 40) * 2_200)),
    )
  })

  it('leaves out the caller’s pauses', () => {
    const voiced = (fromMs: number, toMs: number, writer: TimelineWriter) =>
      writer
        .add(fromMs + 100, { type: 'speech_started', since: fromMs * NS_PER_MS })
        .add(toMs + 100, { type: 'speech_stopped', since: toMs * NS_PER_MS, voiced_ms: toMs - fromMs })
    const writer = new TimelineWriter().add(0, { type: 'call_started' })
    voiced(1_000, 2_000, writer)
    voiced(5_000, 6_000, writer).add(
      7_000,
      { type: 'deadline_reached' },
      commit(1, 'caller', 'five, nine', { fromMs: 1_000, toMs: 6_000 }),
    )
    expect(timesOf(writer, 1)).toEqual([
      ['five,', 1_000],
      ['nine', 5_200],
    ])
  })

  it('is proportional where the timeline knows nothing, and never goes back', () => {
    const writer = new TimelineWriter().add(
      0,
      { type: 'call_started' },
      commit(1, 'agent', 'ab cd ef gh', { reply_id: 9, fromMs: 0, toMs: 1_100 }),
    )
    expect(timesOf(writer, 1).map(([, at]) => at)).toEqual([0, 300, 600, 900])
  })

  it('is found again from the time', () => {
    const words = [10, 20, 30].map((at, index) => ({ from: index, to: index + 1, at }))
    expect([5, 10, 19, 20, 99].map((at) => wordAt(words, at))).toEqual([-1, 0, 0, 1, 2])
    expect(wordAt([], 5)).toBe(-1)
  })
})
