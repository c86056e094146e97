import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { createServices } from '@/services/services'
import {
  annotateCall,
  deleteCall,
  fetchCall,
  fetchCalls,
  reopenCalls,
  selectCallQuery,
  selectCallRecord,
  selectCalls,
  selectCallsProblem,
  selectNextCursor,
  selectTrail,
} from '@/store/slices/callsSlice'
import { createAppStore } from '@/store/store'
import { API, problem } from '@/testing/api'
import { aCall, callRoutes } from '@/testing/calls'
import { server } from '@/testing/server'
import { finishedCall } from '@/testing/timelines'

const aStore = () => createAppStore(createServices())
const ids = (store: ReturnType<typeof aStore>) => selectCalls(store.getState()).map(({ id }) => id)

const FIRST = { query: {}, trail: [] }

describe('the history', () => {
  it('is turned page by page, on and back, and holds one of them', async () => {
    server.use(...callRoutes(Array.from({ length: 120 }, (_, n) => aCall({ id: `call-${n}` }))))
    const store = aStore()
    await store.dispatch(fetchCalls(FIRST))
    expect(ids(store)).toHaveLength(50)
    for (
      let cursor = selectNextCursor(store.getState());
      cursor;
      cursor = selectNextCursor(store.getState())
    ) {
      const trail = [...selectTrail(store.getState()), cursor]
      await store.dispatch(fetchCalls({ query: {}, trail }))
    }
    expect(ids(store)).toEqual(Array.from({ length: 20 }, (_, n) => `call-${n + 100}`))
    await store.dispatch(fetchCalls({ query: {}, trail: selectTrail(store.getState()).slice(0, -1) }))
    expect(ids(store)[0]).toBe('call-50')
  })

  it('is reopened where it was left, but another query begins at its first page', async () => {
    server.use(...callRoutes(Array.from({ length: 120 }, (_, n) => aCall({ id: `call-${n}` }))))
    const store = aStore()
    await store.dispatch(fetchCalls({ query: {}, trail: ['50'] }))
    await store.dispatch(reopenCalls({}))
    expect(ids(store)[0]).toBe('call-50')
    await store.dispatch(reopenCalls({ status: 'completed' }))
    expect(ids(store)[0]).toBe('call-0')
  })

  it('shows the query that was asked for last, whichever answer comes last', async () => {
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
    const slow = store.dispatch(fetchCalls(FIRST))
    await store.dispatch(fetchCalls({ query: { status: 'failed' }, trail: [] }))
    release()
    await slow
    expect(ids(store)).toEqual(['failed'])
    expect(selectCallQuery(store.getState())).toEqual({ status: 'failed' })
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

  it('shows a new note in the list and in the call', async () => {
    server.use(...callRoutes([aCall()], { timeline: finishedCall().raw }))
    const store = aStore()
    await store.dispatch(fetchCalls(FIRST))
    await store.dispatch(fetchCall('call-1'))
    await store.dispatch(annotateCall({ id: 'call-1', notes: { note: 'call back', tags: ['sales'] } }))
    const written = { note: 'call back', tags: ['sales'] }
    expect(selectCalls(store.getState())[0]).toMatchObject(written)
    expect(selectCallRecord('call-1')(store.getState())?.detail).toMatchObject({
      ...written,
      agent: { prompt: 'You answer for a clinic.' },
    })
  })

  it('loses a call that was deleted, and only then', async () => {
    server.use(...callRoutes([aCall(), aCall({ id: 'call-2' })], { timeline: finishedCall().raw }))
    const store = aStore()
    await store.dispatch(fetchCalls(FIRST))
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
    await store.dispatch(fetchCalls(FIRST))
    server.use(http.get(`${API}/api/history/calls`, () => problem(503, 'storage', 'database away')))
    await store.dispatch(fetchCalls(FIRST))
    expect(ids(store)).toEqual(['call-1'])
    expect(selectCallsProblem(store.getState())).toMatchObject({ code: 'storage' })
  })
})
