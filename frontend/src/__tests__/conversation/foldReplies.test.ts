/** How a reply comes to be heard or does not, and how long it is waited for. */
import { describe, expect, it } from 'vitest'
import { foldAll } from '@/conversation/fold'
import { agentState, latenciesOf, turnsOf, waitsOf } from '@/conversation/view'
import { at, commit, finishedCall, greeted, LATENCY, NS_PER_MS, QUESTION } from '@/testing/timelines'

describe('a conversation folded from its timeline', () => {
  it('counts the latency of an answer once, from the moment it is audible', () => {
    const call = finishedCall()
    expect(latenciesOf(at(call, 7_000))).toEqual([])
    expect(latenciesOf(at(call, 7_100))).toEqual([LATENCY])
    expect(latenciesOf(foldAll(call.entries))).toEqual([LATENCY])
  })

  it('forgets a reply that was cut before anything was audible', () => {
    const view = foldAll(
      greeted()
        .add(
          4_000,
          { type: 'deadline_reached' },
          { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x' },
        )
        .add(4_100, { type: 'clause_generated', reply_id: 2, text: 'Never heard.' })
        .add(4_200, { type: 'speech_started', since: 0 }, { type: 'cancel_reply', reply_id: 2 }).entries,
    )
    expect(view.reply).toBeNull()
    expect(turnsOf(view)).toHaveLength(1)
  })

  it('keeps a draft out of sight until it is released, and knows its head start', () => {
    const drafted = greeted()
      .add(
        4_000,
        { type: 'deadline_reached' },
        { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x', speculative: true },
      )
      .add(4_100, { type: 'clause_generated', reply_id: 2, text: 'At nine.' })
    expect(agentState(foldAll(drafted.entries))).toBe('listening')
    expect(foldAll(drafted.entries).reply).toMatchObject({ speculative: true })
    const released = drafted.add(4_280, { type: 'deadline_reached' }, { type: 'release_reply', reply_id: 2 })
    expect(agentState(foldAll(released.entries))).toBe('thinking')
    const told = released.add(
      4_300,
      { type: 'playout_started', reply_id: 2, audible_at: 0 },
      { type: 'publish_latency', reply_id: 2, latency: LATENCY, head_start_ms: 280 },
    )
    expect(foldAll(told.entries).reply).toMatchObject({ generated: 'At nine.', headStartMs: 280 })
  })

  it('forgets a draft that was withdrawn', () => {
    const call = greeted()
      .add(
        4_000,
        { type: 'deadline_reached' },
        { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x', speculative: true },
      )
      .add(4_100, { type: 'speech_started', since: 0 }, { type: 'cancel_reply', reply_id: 2 })
    expect(foldAll(call.entries).reply).toBeNull()
  })

  it('puts a filler before what the reply says', () => {
    const view = foldAll(
      greeted()
        .add(
          4_000,
          { type: 'deadline_reached' },
          { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x' },
        )
        .add(5_800, { type: 'clause_generated', reply_id: 2, text: 'At nine.' })
        .add(5_900, { type: 'filler_queued', reply_id: 2, text: 'One moment, please. ' }).entries,
    )
    expect(view.reply?.generated).toBe('One moment, please. At nine.')
  })

  it('waits again when playout runs dry in mid-reply', () => {
    const call = greeted()
      .add(
        4_000,
        { type: 'deadline_reached' },
        { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x' },
      )
      .add(4_100, { type: 'playout_started', reply_id: 2, audible_at: 0 })
      .add(4_200, { type: 'playout_drained', reply_id: 2 })
    expect(agentState(foldAll(call.entries))).toBe('thinking')
  })

  it('measures how long written words wait for their answer, apart from voices', () => {
    const call = greeted()
      .add(
        4_000,
        { type: 'text_typed', text: QUESTION },
        { type: 'start_reply', reply_id: 2, kind: 'answer', text: QUESTION },
      )
      .add(4_300, { type: 'first_token_received', reply_id: 2 })
      .add(4_400, { type: 'clause_generated', reply_id: 2, text: 'Of ' })
      .add(4_450, { type: 'clause_generated', reply_id: 2, text: 'course.' })
      .add(4_600, { type: 'first_audio_received', reply_id: 2 })
      .add(4_610, { type: 'playout_started', reply_id: 2, audible_at: 4_700 * NS_PER_MS })
    const latency = {
      pause_ms: 0,
      transcript_ms: 0,
      first_token_ms: 300,
      first_clause_ms: 100,
      first_audio_ms: 200,
      playout_ms: 100,
    }
    expect(waitsOf(foldAll(call.entries))).toEqual([{ latency, since: 'words' }])
    const over = call.add(
      6_000,
      { type: 'reply_ended', reply_id: 2 },
      commit(3, 'agent', 'Of course.', { reply_id: 2 }),
    )
    expect(waitsOf(foldAll(over.entries))).toEqual([{ latency, since: 'words' }])
    expect(latenciesOf(foldAll(over.entries))).toEqual([])
  })

  it('gives the time until a filler is heard to the first token that it bridges', () => {
    const call = greeted()
      .add(
        4_000,
        { type: 'text_typed', text: QUESTION },
        { type: 'start_reply', reply_id: 2, kind: 'answer', text: QUESTION },
      )
      .add(5_000, { type: 'playout_started', reply_id: 2, audible_at: 5_000 * NS_PER_MS })
      .add(5_500, { type: 'first_token_received', reply_id: 2 })
      .add(5_600, { type: 'playout_started', reply_id: 2, audible_at: 5_600 * NS_PER_MS })
    expect(waitsOf(foldAll(call.entries))).toMatchObject([
      { latency: { first_token_ms: 1_000, playout_ms: 0 } },
    ])
  })

  it('does not lose a failure of a reply that never became a turn', () => {
    const view = foldAll(
      greeted()
        .add(
          4_000,
          { type: 'deadline_reached' },
          { type: 'start_reply', reply_id: 2, kind: 'answer', text: 'x' },
        )
        .add(
          4_500,
          { type: 'reply_failed', reply_id: 2, code: 'provider-timeout' },
          { type: 'start_reply', reply_id: 3, kind: 'apology', text: 'Sorry.' },
        ).entries,
    )
    expect(view.items.at(-1)).toMatchObject({ note: { kind: 'reply-failed', code: 'provider-timeout' } })
    expect(view.reply).toMatchObject({ id: 3, kind: 'apology' })
  })

  it('drops late facts about a reply that is no longer the current one', () => {
    const call = finishedCall().add(13_000, { type: 'clause_generated', reply_id: 2, text: 'too late' })
    expect(foldAll(call.entries).reply).toBeNull()
  })
})
