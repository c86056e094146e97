import { useSyncExternalStore } from 'react'

/** From here on the switchboard stands at the side (Tailwind's `md`). */
const WIDE = '(min-width: 48rem)'

/** Whether the window is wider than a phone's. */
export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(WIDE).matches)
}

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(WIDE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
