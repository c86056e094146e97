import { useCallback, useEffect, useRef } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchStats } from '@/store/slices/dashboardSlice'
import { selectLiveIds } from '@/store/slices/liveSlice'
import { queryOf, type Span } from './spans'

/** A call that has ended is counted once it is on disk. At most so often is asked, however many calls there are. */
const SETTLE_MS = 2_000

/** Keep the figures of `span` fresh: fetch them now, and after a call began or ended. Returns how to ask again. */
export function useStats(span: Span): () => void {
  const dispatch = useAppDispatch()
  const liveIds = useAppSelector(selectLiveIds)
  const newest = useRef(liveIds)
  const counted = useRef(liveIds)
  const refresh = useCallback(() => {
    const query = queryOf(span, new Date())
    if (query !== null) void dispatch(fetchStats(query))
  }, [dispatch, span])

  useEffect(refresh, [refresh])

  useEffect(() => {
    newest.current = liveIds
  }, [liveIds])

  useEffect(() => {
    let settled = counted.current
    const timer = window.setInterval(() => {
      if (settled !== counted.current) {
        counted.current = settled
        refresh()
      }
      settled = newest.current
    }, SETTLE_MS)
    return () => window.clearInterval(timer)
  }, [refresh])

  return refresh
}
