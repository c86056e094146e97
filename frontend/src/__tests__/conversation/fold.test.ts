import { describe, expect, it } from 'vitest'
import { fold, foldAll } from '@/conversation/fold'
import { parseEntry } from '@/conversation/timeline'
import { agentState, EMPTY_VIEW, latenciesOf, turnsOf, waitsOf } from '@/conversation/view'
import {
  ANSWER,
  commit,
  finishedCall,
  greeted,
  GREETING,
  HEARD,
  interruptedCall,
  LATENCY,
  QUESTION,
  TimelineWriter,
} from '@/testing/timelines'

const NS_PER_MS = 1_000_000

/** The view after all entries up to the call's `atMs`. */
const at = (writer: TimelineWriter, atMs: number) =>
  foldAll(writer.entries.filter(({ event }) => event.at <= atMs * NS_PER_MS))

describe('a conversation folded from its timeline', () => {
  it('is connecting before its first entry', () => {
    expect(agentState(EMPTY_VIEW)).toBe('connecting')
  })

  it('says what the agent is doing at every moment', () => {
    const call = finishedCall()
    const states = [10, 100, 3_100, 5_000, 6_800, 7_100, 8_100, 8_300, 10_100, 10_305, 12_000]
    expect(states.map((ms) => agentState(at(call, ms)))).toEqual([
      'thinking',
      'speaking',
      'listening',
      'listening',
      'thinking',
      'speaking',
      'held',
      'speaking',
      'held',
      'listening',
      'ended',
    ])
  })

  it('shows the partial while the caller speaks and replaces it with the committed turn', () => {
    const call = interruptedCall()
    expect(at(call, 5_000).caller).toMatchObject({ partial: 'I would like', finals: '', speaking: true })
    expect(at(call, 6_600).caller).toMatchObject({ partial: '', finals: QUESTION, speaking: false })
    const after = at(call, 6_700)
    expect(after.caller).toBeNull()
    expect(turnsOf(after).map(({ content }) => content)).toEqual([GREETING, QUESTION])
  })

  it('joins the finals of one turn', () => {
    const view = foldAll(
      new TimelineWriter()
        .add(1, { type: 'final_transcript', text: 'On Thursday' })
        .add(2, { type: 'final_transcript', text: 'at ten.' }).entries,
    )
    expect(view.caller?.finals).toBe('On Thursday at ten.')
  })

  it('knows what was written instead of said, before and after it is a turn', () => {
    const asked = greeted().add(
      4_000,
      { type: 'text_typed', text: 'Do you open on Sundays?' },
      {
        type: 'start_reply',
        reply_id: 2,
        kind: 'answer',
        text: 'Do you open on Sundays?',
      },
    )
    expect(foldAll(asked.entries).caller).toMatchObject({ finals: 'Do you open on Sundays?', typed: true })
    const answered = asked.add(
      4_400,
      { type: 'playout_started', reply_id: 2, audible_at: 4_400_000_000 },
      commit(2, 'caller', 'Do you open on Sundays?', { fromMs: 4_000, toMs: 4_000 }),
    )
    const items = foldAll(answered.entries).items.map(
      (item) => 'turn' in item && [item.turn.role, item.typed],
    )
    expect(items).toEqual([
      ['agent', false],
      ['caller', true],
    ])
    expect(foldAll(answered.entries).caller).toBeNull()
  })

  it('does not take what is said next for written, too', () => {
    const call = greeted()
      .add(4_000, { type: 'text_typed', text: 'Hello.' }, commit(2, 'caller', 'Hello.'))
      .add(5_000, { type: 'final_transcript', text: 'Hello?' })
    expect(foldAll(call.entries).caller).toMatchObject({ typed: false })
  })

  it('knows how much of a reply was heard while it plays', () => {
    expect(at(interruptedCall(), 7_900).reply).toMatchObject({
      generated: ANSWER,
      heard: 'Of course.',
      audible: true,
    })
  })

  it('takes an mm-hm for what it is: the agent goes on and the words are no turn', () => {
    const view = at(interruptedCall(), 8_300)
    expect(view.caller).toBeNull()
    expect(view.reply).toMatchObject({ held: false, asides: [{ kind: 'backchannel', text: 'mm-hm' }] })
  })

  it('keeps an interrupted reply in sight until it is known what was heard of it', () => {
    const call = finishedCall()
    expect(at(call, 10_305).reply).toMatchObject({ cut: true, generated: ANSWER })
    const turn = turnsOf(at(call, 10_320)).at(-1)
    expect(turn).toMatchObject({ content: ANSWER, heard: HEARD, interrupted: true })
    expect(at(call, 10_320).reply).toBeNull()
  })

  it('leaves the words of the interruption standing as the next turn', () => {
    expect(at(finishedCall(), 10_320).caller).toMatchObject({ partial: 'the first' })
  })

  it('keeps what happened during a reply with its turn', () => {
    const item = foldAll(finishedCall().entries).items.find(({ key }) => key === 'turn-3')
    expect(item).toMatchObject({ replyKind: 'answer', asides: [{ kind: 'backchannel', text: 'mm-hm' }] })
  })

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

  it('tells of a stalled line, and of its return', () => {
    const call = greeted().add(5_000, { type: 'media_stalled' })
    expect(foldAll(call.entries)).toMatchObject({ stalled: true })
    const view = foldAll(call.add(6_000, { type: 'media_resumed' }).entries)
    expect(view.stalled).toBe(false)
    expect(view.items.slice(1)).toMatchObject([
      { note: { kind: 'media-stalled' } },
      { note: { kind: 'media-resumed' } },
    ])
  })

  it('tells which engine failed and who was asked next', () => {
    const failed = { type: 'engine_failed', port: 'llm', engine: 'groq', code: 'rate-limited' }
    const view = foldAll(
      greeted()
        .add(4_000, { ...failed, successor: 'groq' })
        .add(4_100, { ...failed, successor: 'openai' })
        .add(4_200, { ...failed, successor: '' }).entries,
    )
    expect(view.items.slice(1)).toMatchObject([
      { note: { kind: 'engine-retried', engine: 'groq' } },
      { note: { kind: 'engine-replaced', engine: 'groq', successor: 'openai' } },
      { note: { kind: 'engine-lost', code: 'rate-limited' } },
    ])
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

  it('folds an entry that comes twice once', () => {
    const { entries } = finishedCall()
    const view = foldAll(entries)
    expect(entries.reduce(fold, view)).toEqual(view)
  })
})

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
