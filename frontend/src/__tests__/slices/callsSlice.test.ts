import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { createServices } from '@/services/services'
import {
  deleteCall,
  fetchCall,
  fetchCalls,
  fetchMoreCalls,
  selectCallFilter,
  selectCallRecord,
  selectCalls,
  selectCallsProblem,
  selectNextCursor,
} from '@/store/slices/callsSlice'
import { createAppStore } from '@/store/store'
import { API, problem } from '@/testing/api'
import { aCall, callRoutes } from '@/testing/calls'
import { server } from '@/testing/server'
import { finishedCall } from '@/testing/timelines'

const aStore = () => createAppStore(createServices())
const ids = (store: ReturnType<typeof aStore>) => selectCalls(store.getState()).map(({ id }) => id)

describe('the history', () => {
  it('grows page by page until there is no more', async () => {
    server.use(...callRoutes(Array.from({ length: 60 }, (_, n) => aCall({ id: `call-${n}` }))))
    const store = aStore()
    await store.dispatch(fetchCalls({}))
    expect(ids(store)).toHaveLength(25)
    for (
      let cursor = selectNextCursor(store.getState());
      cursor;
      cursor = selectNextCursor(store.getState())
    ) {
      await store.dispatch(fetchMoreCalls({ filter: {}, cursor }))
    }
    expect(ids(store)).toEqual(Array.from({ length: 60 }, (_, n) => `call-${n}`))
  })

  it('does not add a page twice', async () => {
    server.use(...callRoutes(Array.from({ length: 60 }, (_, n) => aCall({ id: `call-${n}` }))))
    const store = aStore()
    await store.dispatch(fetchCalls({}))
    const more = { filter: {}, cursor: selectNextCursor(store.getState()) ?? '' }
    await Promise.all([store.dispatch(fetchMoreCalls(more)), store.dispatch(fetchMoreCalls(more))])
    expect(ids(store)).toHaveLength(50)
  })

  it('shows the filter that was asked for last, whichever answer comes last', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    server.use(
      http.get(`${API}/api/history/calls`, async ({ request }) => {
        const status = new URL(request.url).searchParams.get('status')
        if (status === null) await held
        return HttpResponse.json({ items: [aCall({ id: status ?? 'any' })], next_cursor: null })
      }),
    )
    const store = aStore()
    const slow = store.dispatch(fetchCalls({}))
    await store.dispatch(fetchCalls({ status: 'failed' }))
    release()
    await slow
    expect(ids(store)).toEqual(['failed'])
    expect(selectCallFilter(store.getState())).toEqual({ status: 'failed' })
  })

  it('reads a long timeline to its end', async () => {
    const { raw, entries } = finishedCall()
    server.use(...callRoutes([aCall()], { timeline: raw, entriesPerPage: 4 }))
    const store = aStore()
    await store.dispatch(fetchCall('call-1'))
    expect(selectCallRecord('call-1')(store.getState())?.timeline).toEqual(entries)
  })

  it('says that a malformed timeline is one, and keeps nothing of it', async () => {
    server.use(...callRoutes([aCall()], { timeline: [{ seq: 1 }] }))
    const store = aStore()
    const result = await store.dispatch(fetchCall('call-1'))
    expect(result.payload).toMatchObject({ code: 'unexpected' })
    expect(selectCallRecord('call-1')(store.getState())).toBeUndefined()
  })

  it('loses a call that was deleted, and only then', async () => {
    server.use(...callRoutes([aCall(), aCall({ id: 'call-2' })], { timeline: finishedCall().raw }))
    const store = aStore()
    await store.dispatch(fetchCalls({}))
    await store.dispatch(fetchCall('call-1'))
    await store.dispatch(deleteCall('call-1'))
    expect(ids(store)).toEqual(['call-2'])
    expect(selectCallRecord('call-1')(store.getState())).toBeUndefined()

    server.use(http.delete(`${API}/api/history/calls/call-2`, () => problem(409, 'call-live', 'live')))
    await store.dispatch(deleteCall('call-2'))
    expect(ids(store)).toEqual(['call-2'])
  })

  it('keeps the list when it cannot be fetched again', async () => {
    server.use(...callRoutes([aCall()]))
    const store = aStore()
    await store.dispatch(fetchCalls({}))
    server.use(http.get(`${API}/api/history/calls`, () => problem(503, 'storage', 'database away')))
    await store.dispatch(fetchCalls({}))
    expect(ids(store)).toEqual(['call-1'])
    expect(selectCallsProblem(store.getState())).toMatchObject({ code: 'storage' })
  })
})
