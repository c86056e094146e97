import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { fetchOptions } from '@/store/slices/configSlice'
import type { ConfigOptions } from '@/types'
import { isPreparing } from '../engineNotices'

/** How often to look while an engine is being prepared. */
const POLL_MS = 3_000

/** Keep the options fresh while something is being prepared, so that its progress moves. */
export function usePreparation(options: ConfigOptions | null): void {
  const dispatch = useAppDispatch()
  const waits = options !== null && isPreparing(options)
  useEffect(() => {
    if (!waits) return
    const timer = window.setInterval(() => void dispatch(fetchOptions()), POLL_MS)
    return () => window.clearInterval(timer)
  }, [dispatch, waits])
}
