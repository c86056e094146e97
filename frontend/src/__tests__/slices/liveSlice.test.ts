import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '@/services/liveService'
import { liveEventReceived, liveReducer, selectLiveCalls, selectLiveIds } from '@/store/slices/liveSlice'
import { aLiveCall } from '@/testing/dashboard'

function after(...events: LiveEvent[]) {
  const first = liveReducer(undefined, { type: 'store/initial' })
  return { live: events.reduce((state, event) => liveReducer(state, liveEventReceived(event)), first) }
}

const snapshot = (...ids: string[]): LiveEvent => ({
  type: 'news',
  news: [{ type: 'snapshot', calls: ids.map((id) => aLiveCall({ id })) }],
})

describe('the live calls', () => {
  it('follow the news in order', () => {
    const state = after(snapshot('one', 'two'), {
      type: 'news',
      news: [
        { type: 'call', call: aLiveCall({ id: 'two', state: 'thinking' }) },
        { type: 'call', call: aLiveCall({ id: 'three' }) },
        { type: 'ended', call_id: 'one' },
        { type: 'ended', call_id: 'never heard of' },
      ],
    })
    expect(selectLiveCalls(state).map(({ id, state }) => [id, state])).toEqual([
      ['two', 'thinking'],
      ['three', 'listening'],
    ])
    expect(selectLiveIds(state)).toBe('two three')
  })

  it('stay in sight while the connection is lost, until a snapshot replaces them', () => {
    const lost = after(snapshot('one'), { type: 'lost' }, { type: 'connecting' })
    expect(lost.live).toMatchObject({ status: 'lost', isKnown: true, calls: [{ id: 'one' }] })
    const back = after(snapshot('one'), { type: 'lost' }, { type: 'connecting' }, snapshot())
    expect(back.live).toEqual({ status: 'live', isKnown: true, calls: [] })
  })
})
