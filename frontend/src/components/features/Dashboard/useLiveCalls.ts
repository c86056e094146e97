import { useCallback, useEffect, useState } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { LiveFeed, liveSocketUrl } from '@/services/liveService'
import { liveEventReceived, requestLiveTicket } from '@/store/slices/liveSlice'

/** Keep the live calls in the store fresh for as long as the component lives. Returns how to try again. */
export function useLiveCalls(): () => void {
  const dispatch = useAppDispatch()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const feed = new LiveFeed(
      {
        socketUrl: liveSocketUrl(),
        requestTicket: async () => (await dispatch(requestLiveTicket()).unwrap()).ticket,
        random: Math.random,
      },
      (event) => dispatch(liveEventReceived(event)),
    )
    feed.start()
    return () => feed.close()
  }, [dispatch, attempt])

  return useCallback(() => setAttempt((count) => count + 1), [])
}
