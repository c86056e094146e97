/** The calls that are going on, and whether what we know of them is fresh. */
import { createSelector, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { LiveEvent, LiveNews } from '@/services/liveService'
import { serviceThunk } from '@/store/thunks'
import type { LiveCall } from '@/types/dashboard'

/** `lost`: the last news may be out of date, and a new connection is being tried for. */
export type LiveStatus = 'idle' | 'connecting' | 'live' | 'lost' | 'refused'

export interface LiveViewState {
  status: LiveStatus
  /** Oldest first. */
  calls: LiveCall[]
  /** There has been a snapshot: no calls means that there are none. */
  isKnown: boolean
}

/** A single-use permit for one view; not kept. */
export const requestLiveTicket = serviceThunk('live/requestTicket', ({ live }) => live.ticket())

const initialState: LiveViewState = { status: 'idle', calls: [], isKnown: false }

const liveSlice = createSlice({
  name: 'live',
  initialState,
  reducers: {
    liveEventReceived(state, { payload }: PayloadAction<LiveEvent>) {
      switch (payload.type) {
        case 'connecting':
          // What was lost stays so until there is a new snapshot.
          if (state.status !== 'lost') state.status = 'connecting'
          break
        case 'news':
          for (const news of payload.news) apply(state, news)
          break
        case 'lost':
        case 'refused':
          state.status = payload.type
          break
      }
    },
  },
})

function apply(state: LiveViewState, news: LiveNews): void {
  switch (news.type) {
    case 'snapshot':
      state.status = 'live'
      state.isKnown = true
      state.calls = news.calls
      break
    case 'call': {
      const place = state.calls.findIndex(({ id }) => id === news.call.id)
      if (place === -1) state.calls.push(news.call)
      else state.calls[place] = news.call
      break
    }
    case 'ended':
      state.calls = state.calls.filter(({ id }) => id !== news.call_id)
      break
  }
}

export const { liveEventReceived } = liveSlice.actions
export const liveReducer = liveSlice.reducer

interface WithLive {
  live: LiveViewState
}

export const selectLiveStatus = (state: WithLive) => state.live.status
export const selectLiveCalls = (state: WithLive) => state.live.calls
export const selectLiveIsKnown = (state: WithLive) => state.live.isKnown
/** Changes when a call begins or ends, and at nothing else. */
export const selectLiveIds = createSelector([selectLiveCalls], (calls) => calls.map(({ id }) => id).join(' '))
