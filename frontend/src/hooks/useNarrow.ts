import { useSyncExternalStore } from 'react'

/** Below this the columns of a table leave no room for words (Tailwind's `sm`). */
const NARROW = '(max-width: 639.98px)'

/** Whether the window is as narrow as a phone's. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches)
}

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
