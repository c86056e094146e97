/** The history of calls: a list that grows page by page, and the calls that were looked at. */
import { createSlice } from '@reduxjs/toolkit'
import type { TimelineEntry } from '@/conversation/timeline'
import type { LoadStatus } from '@/store/slices/configSlice'
import { serviceThunk } from '@/store/thunks'
import type { CallDetail, CallFilter, CallSummary, Problem } from '@/types'

export interface CallRecord {
  detail: CallDetail
  timeline: TimelineEntry[]
}

export interface CallsState {
  items: CallSummary[]
  nextCursor: string | null
  filter: CallFilter
  status: LoadStatus
  problem: Problem | null
  /** Calls by id, as last fetched. */
  records: Record<string, CallRecord>
}

/** Fetch the newest calls that match `filter`; replaces the list. */
export const fetchCalls = serviceThunk('calls/fetchCalls', ({ history }, filter: CallFilter) =>
  history.page(filter, null),
)

/** Fetch the page after the last one; adds to the list. */
export const fetchMoreCalls = serviceThunk(
  'calls/fetchMoreCalls',
  ({ history }, { filter, cursor }: { filter: CallFilter; cursor: string }) => history.page(filter, cursor),
)

export const fetchCall = serviceThunk('calls/fetchCall', async ({ history }, id: string) => {
  const [detail, timeline] = await Promise.all([history.detail(id), history.timeline(id)])
  return { detail, timeline }
})

export const deleteCall = serviceThunk('calls/deleteCall', ({ history }, id: string) => history.remove(id))

const initialState: CallsState = {
  items: [],
  nextCursor: null,
  filter: {},
  status: 'idle',
  problem: null,
  records: {},
}

const callsSlice = createSlice({
  name: 'calls',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchCalls.pending, (state, { meta }) => {
        state.filter = meta.arg
        state.status = 'loading'
        state.problem = null
      })
      .addCase(fetchCalls.fulfilled, (state, { payload, meta }) => {
        if (meta.arg !== state.filter && !sameFilter(meta.arg, state.filter)) return
        state.items = payload.items
        state.nextCursor = payload.next_cursor
        state.status = 'loaded'
      })
      .addCase(fetchCalls.rejected, (state, { payload }) => {
        state.status = 'failed'
        state.problem = payload ?? null
      })
      .addCase(fetchMoreCalls.fulfilled, (state, { payload, meta }) => {
        if (meta.arg.cursor !== state.nextCursor) return
        state.items.push(...payload.items)
        state.nextCursor = payload.next_cursor
      })
      .addCase(fetchCall.fulfilled, (state, { payload, meta }) => {
        state.records[meta.arg] = payload
      })
      .addCase(deleteCall.fulfilled, (state, { meta }) => {
        state.items = state.items.filter((call) => call.id !== meta.arg)
        state.records = Object.fromEntries(Object.entries(state.records).filter(([id]) => id !== meta.arg))
      }),
})

function sameFilter(a: CallFilter, b: CallFilter): boolean {
  return a.agent_id === b.agent_id && a.status === b.status
}

export const callsReducer = callsSlice.reducer

interface WithCalls {
  calls: CallsState
}

export const selectCalls = (state: WithCalls) => state.calls.items
export const selectCallsStatus = (state: WithCalls) => state.calls.status
export const selectCallsProblem = (state: WithCalls) => state.calls.problem
export const selectNextCursor = (state: WithCalls) => state.calls.nextCursor
export const selectCallFilter = (state: WithCalls) => state.calls.filter
export const selectCallRecord = (id: string) => (state: WithCalls) => state.calls.records[id]
