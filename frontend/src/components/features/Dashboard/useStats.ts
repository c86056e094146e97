import { useCallback, useEffect, useRef } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchStats } from '@/store/slices/dashboardSlice'
import { selectLiveIds } from '@/store/slices/liveSlice'
import { queryOf, type Span } from './spans'

/** A call that has ended is counted once it is on disk; calls that end together are fetched together. */
const SETTLE_MS = 1_500

/** Keep the figures of `span` fresh: fetch them now, and whenever a call begins or ends. Returns how to ask again. */
export function useStats(span: Span): () => void {
  const dispatch = useAppDispatch()
  const liveIds = useAppSelector(selectLiveIds)
  const seenIds = useRef(liveIds)
  const refresh = useCallback(() => {
    const query = queryOf(span, new Date())
    if (query !== null) void dispatch(fetchStats(query))
  }, [dispatch, span])

  useEffect(refresh, [refresh])

  useEffect(() => {
    if (seenIds.current === liveIds) return
    const timer = window.setTimeout(() => {
      seenIds.current = liveIds
      refresh()
    }, SETTLE_MS)
    return () => window.clearTimeout(timer)
  }, [liveIds, refresh])

  return refresh
}
