import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { followCall } from '@/store/slices/callsSlice'
import type { CallDetail } from '@/types/calls'

/** A clause takes longer to say. */
const EVERY_MS = 2_000

/** Keep a call that is going on fresh until it has ended. A look that fails is made good by the next one. */
export function useFollowing({ id, status }: CallDetail): void {
  const dispatch = useAppDispatch()
  const isLive = status === 'live'

  useEffect(() => {
    if (!isLive) return
    let isLeft = false
    let timer = 0
    const look = async () => {
      await dispatch(followCall(id))
      if (!isLeft) timer = window.setTimeout(() => void look(), EVERY_MS)
    }
    timer = window.setTimeout(() => void look(), EVERY_MS)
    return () => {
      isLeft = true
      window.clearTimeout(timer)
    }
  }, [dispatch, id, isLive])
}
