import { useEffect } from 'react'

/** Do `work` every `everyMs` milliseconds while somebody looks; null: not now. The same function on every render. */
export function usePolling(work: () => void, everyMs: number | null): void {
  useEffect(() => {
    if (everyMs === null) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') work()
    }, everyMs)
    return () => clearInterval(timer)
  }, [work, everyMs])
}
