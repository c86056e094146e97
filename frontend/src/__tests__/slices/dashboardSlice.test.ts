import { delay, http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { createServices } from '@/services/services'
import {
  fetchStats,
  selectIsNew,
  selectStats,
  selectStatsProblem,
  selectStatsStatus,
} from '@/store/slices/dashboardSlice'
import { createAppStore } from '@/store/store'
import { API, answer, problem } from '@/testing/api'
import { aCall } from '@/testing/calls'
import { aSpan, dashboardRoutes } from '@/testing/dashboard'
import { server } from '@/testing/server'
import type { StatsQuery } from '@/types/dashboard'

const QUERY: StatsQuery = { from: 0, to: 1, bucket: 'day', utc_offset_min: 0 }
const aStore = () => createAppStore(createServices())

describe('the figures', () => {
  it('are those of the last question, whichever answer comes last', async () => {
    server.use(
      http.get(`${API}/api/history/stats`, async ({ request }) => {
        const from = Number(new URL(request.url).searchParams.get('from'))
        if (from === 1) await delay(80)
        return HttpResponse.json(aSpan([{ calls: from }]))
      }),
    )
    const store = aStore()
    await Promise.all([
      store.dispatch(fetchStats({ ...QUERY, from: 1 })),
      store.dispatch(fetchStats({ ...QUERY, from: 2 })),
    ])
    expect(selectStats(store.getState())?.totals.calls).toBe(2)
  })

  it('stay in sight when the next ones cannot be had', async () => {
    server.use(...dashboardRoutes(aSpan([{ calls: 3 }])))
    const store = aStore()
    await store.dispatch(fetchStats(QUERY))
    server.use(http.get(`${API}/api/history/stats`, () => problem(503, 'storage', 'away')))
    await store.dispatch(fetchStats(QUERY))
    expect(selectStatsStatus(store.getState())).toBe('failed')
    expect(selectStatsProblem(store.getState())).toMatchObject({ code: 'storage', request_id: 'req-1' })
    expect(selectStats(store.getState())?.totals.calls).toBe(3)
  })

  it('tell a quiet week from a console where nobody has called yet', async () => {
    server.use(...dashboardRoutes(aSpan([{}])))
    const store = aStore()
    await store.dispatch(fetchStats(QUERY))
    expect(selectIsNew(store.getState())).toBe(true)
    server.use(answer('/api/history/calls', { items: [aCall()], next_cursor: 'more' }))
    await store.dispatch(fetchStats(QUERY))
    expect(selectIsNew(store.getState())).toBe(false)
  })
})
