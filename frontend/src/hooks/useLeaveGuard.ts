import { useEffect } from 'react'
import { useBlocker } from 'react-router'

/**
 * While `active`, hold back navigation to other pages (the caller asks and then proceeds or resets) and, if
 * `unload`, have the browser ask before the tab closes.
 */
export function useLeaveGuard(active: boolean, { unload }: { unload: boolean }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => active && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (!active || !unload) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [active, unload])
  return blocker
}
