/** What the calls of a span come to, as last fetched. */
import { createSlice } from '@reduxjs/toolkit'
import type { LoadStatus } from '@/store/slices/configSlice'
import { serviceThunk } from '@/store/thunks'
import type { Problem } from '@/types'
import type { CallStats, StatsQuery } from '@/types/dashboard'

export interface DashboardState {
  /** Stays in sight while the next ones are fetched, and if they cannot be. */
  stats: CallStats | null
  /** What `stats` are of. */
  query: StatsQuery | null
  /** There has never been a call. */
  isNew: boolean
  status: LoadStatus
  problem: Problem | null
  /** The request whose answer is wanted: the last one. */
  latest: string | null
}

export const fetchStats = serviceThunk('dashboard/fetchStats', async ({ dashboard }, query: StatsQuery) => {
  const stats = await dashboard.stats(query)
  return { stats, isNew: stats.totals.calls === 0 && !(await dashboard.hasCalls()) }
})

const initialState: DashboardState = {
  stats: null,
  query: null,
  isNew: false,
  status: 'idle',
  problem: null,
  latest: null,
}

const dashboardSlice = createSlice({
  name: 'dashboard',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchStats.pending, (state, { meta }) => {
        state.latest = meta.requestId
        state.status = 'loading'
      })
      .addCase(fetchStats.fulfilled, (state, { payload, meta }) => {
        if (meta.requestId !== state.latest) return
        state.stats = payload.stats
        state.query = meta.arg
        state.isNew = payload.isNew
        state.status = 'loaded'
        state.problem = null
      })
      .addCase(fetchStats.rejected, (state, { payload, meta }) => {
        if (meta.requestId !== state.latest) return
        state.status = 'failed'
        state.problem = payload ?? null
      }),
})

export const dashboardReducer = dashboardSlice.reducer

interface WithDashboard {
  dashboard: DashboardState
}

export const selectStats = (state: WithDashboard) => state.dashboard.stats
export const selectStatsQuery = (state: WithDashboard) => state.dashboard.query
export const selectIsNew = (state: WithDashboard) => state.dashboard.isNew
export const selectStatsStatus = (state: WithDashboard) => state.dashboard.status
export const selectStatsProblem = (state: WithDashboard) => state.dashboard.problem
