/** What a conversation shows of both parties, and of what happens around them. */
import { describe, expect, it } from 'vitest'
import { fold, foldAll } from '@/conversation/fold'
import { agentState, EMPTY_VIEW, turnsOf } from '@/conversation/view'
import {
  ANSWER,
  at,
  commit,
  finishedCall,
  greeted,
  GREETING,
  HEARD,
  interruptedCall,
  QUESTION,
  TimelineWriter,
} from '@/testing/timelines'

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

  it('puts what failed while a caller waited behind what they said', () => {
    const failed = { type: 'engine_failed', port: 'llm', engine: 'groq', code: 'timeout', successor: '' }
    const call = greeted()
      .add(3_500, { type: 'media_stalled' })
      .add(4_000, { type: 'final_transcript', text: QUESTION })
      .add(4_600, failed)
      .add(
        6_000,
        { type: 'reply_ended', reply_id: 2 },
        commit(2, 'caller', QUESTION, { fromMs: 3_800, toMs: 4_000 }),
      )
    const told = foldAll(call.entries).items.map((item) => ('turn' in item ? item.turn.role : item.note.kind))
    expect(told).toEqual(['agent', 'media-stalled', 'caller', 'engine-lost'])
  })

  it('folds an entry that comes twice once', () => {
    const { entries } = finishedCall()
    const view = foldAll(entries)
    expect(entries.reduce(fold, view)).toEqual(view)
  })
})
