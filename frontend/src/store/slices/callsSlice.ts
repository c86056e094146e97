/** The history of calls: one page of the list at a time, and the calls that were looked at. */
import { createSlice, type ThunkAction, type UnknownAction } from '@reduxjs/toolkit'
import type { TimelineEntry } from '@/conversation/timeline'
import type { LoadStatus } from '@/store/slices/configSlice'
import type { Services } from '@/services/services'
import { serviceThunk } from '@/store/thunks'
import type { Problem } from '@/types'
import type { CallDetail, CallNotes, CallQuery, CallSummary } from '@/types/calls'

export interface CallRecord {
  detail: CallDetail
  timeline: TimelineEntry[]
}

/** A page of the list: what was asked for, and the cursors that lead there from the first page. */
export interface ListPlace {
  query: CallQuery
  trail: readonly string[]
}

export interface CallsState extends ListPlace {
  items: CallSummary[]
  nextCursor: string | null
  status: LoadStatus
  problem: Problem | null
  /** The request whose answer is wanted: the last one. */
  latest: string | null
  /** Calls by id, as last fetched. */
  records: Record<string, CallRecord>
}

/** Fetch one page; it replaces the one before, so that a list of any length stays quick. */
export const fetchCalls = serviceThunk('calls/fetchCalls', ({ history }, { query, trail }: ListPlace) =>
  history.page(query, trail.at(-1) ?? null),
)

/**
 * Fetch what the page of calls shows when it is opened with `query`: the place where the person was, if it is
 * the same query as before, else the first page.
 */
export const reopenCalls =
  (query: CallQuery): ThunkAction<Promise<unknown>, WithCalls, Services, UnknownAction> =>
  (dispatch, getState) => {
    const { calls } = getState()
    const trail = JSON.stringify(calls.query) === JSON.stringify(query) ? calls.trail : []
    return dispatch(fetchCalls({ query, trail }))
  }

export const fetchCall = serviceThunk('calls/fetchCall', async ({ history }, id: string) => {
  const [detail, timeline] = await Promise.all([history.detail(id), history.timeline(id)])
  return { detail, timeline }
})

const fetchNews = serviceThunk(
  'calls/fetchNews',
  async ({ history }, { id, since }: { id: string; since: number }) => {
    // In this order: when the call is said to be over, its timeline is whole.
    const detail = await history.detail(id)
    return { detail, entries: await history.timeline(id, since) }
  },
)

/** Fetch what has happened in a call since it was last fetched. */
export const followCall =
  (id: string): ThunkAction<Promise<unknown>, WithCalls, Services, UnknownAction> =>
  (dispatch, getState) =>
    dispatch(fetchNews({ id, since: lastSeq(getState().calls.records[id]) }))

export const annotateCall = serviceThunk(
  'calls/annotateCall',
  ({ history }, { id, notes }: { id: string; notes: CallNotes }) => history.annotate(id, notes),
)

export const deleteCall = serviceThunk('calls/deleteCall', ({ history }, id: string) => history.remove(id))

const initialState: CallsState = {
  query: {},
  trail: [],
  items: [],
  nextCursor: null,
  status: 'idle',
  problem: null,
  latest: null,
  records: {},
}

const callsSlice = createSlice({
  name: 'calls',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchCalls.pending, (state, { meta }) => {
        state.query = meta.arg.query
        state.trail = [...meta.arg.trail]
        state.latest = meta.requestId
        state.status = 'loading'
        state.problem = null
      })
      .addCase(fetchCalls.fulfilled, (state, { payload, meta }) => {
        if (meta.requestId !== state.latest) return
        state.items = payload.items
        state.nextCursor = payload.next_cursor
        state.status = 'loaded'
      })
      .addCase(fetchCalls.rejected, (state, { payload, meta }) => {
        if (meta.requestId !== state.latest) return
        state.status = 'failed'
        state.problem = payload ?? null
      })
      .addCase(fetchCall.fulfilled, (state, { payload, meta }) => {
        state.records[meta.arg] = payload
      })
      .addCase(fetchNews.fulfilled, (state, { payload: { detail, entries }, meta }) => {
        const record = state.records[meta.arg.id]
        if (!record || lastSeq(record) !== meta.arg.since) return
        record.detail = detail
        record.timeline.push(...entries)
        const line = state.items.find((call) => call.id === detail.id)
        if (line) Object.assign(line, progressOf(detail))
      })
      .addCase(annotateCall.fulfilled, (state, { payload: { id, note, tags } }) => {
        const line = state.items.find((call) => call.id === id)
        if (line) Object.assign(line, { note, tags })
        const record = state.records[id]
        if (record) Object.assign(record.detail, { note, tags })
      })
      .addCase(deleteCall.fulfilled, (state, { meta }) => {
        state.items = state.items.filter((call) => call.id !== meta.arg)
        state.records = Object.fromEntries(Object.entries(state.records).filter(([id]) => id !== meta.arg))
      }),
})

function lastSeq(record: CallRecord | undefined): number {
  return record?.timeline.at(-1)?.seq ?? 0
}

/** What changes in a call's line of the list while it goes on, and when it ends. */
function progressOf(detail: CallDetail) {
  return {
    status: detail.status,
    end_cause: detail.end_cause,
    ended_at: detail.ended_at,
    duration_ms: detail.duration_ms,
    turns: detail.turns,
    interruptions: detail.interruptions,
    engine_failures: detail.engine_failures,
    median_voice_to_voice_ms: detail.median_voice_to_voice_ms,
    has_recording: detail.has_recording,
  } satisfies Partial<CallSummary>
}

export const callsReducer = callsSlice.reducer

interface WithCalls {
  calls: CallsState
}

export const selectCalls = (state: WithCalls) => state.calls.items
export const selectCallsStatus = (state: WithCalls) => state.calls.status
export const selectCallsProblem = (state: WithCalls) => state.calls.problem
export const selectNextCursor = (state: WithCalls) => state.calls.nextCursor
export const selectTrail = (state: WithCalls) => state.calls.trail
export const selectCallQuery = (state: WithCalls) => state.calls.query
export const selectCallRecord = (id: string) => (state: WithCalls) => state.calls.records[id]
