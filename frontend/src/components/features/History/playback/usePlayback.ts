import { useSyncExternalStore } from 'react'
import type { Playback } from './Playback'

/** Return what `select` sees of the playback; the component is drawn again only when that changes. */
export function usePlayback<Seen extends number | boolean | null>(
  playback: Playback,
  select: (playback: Playback) => Seen,
): Seen {
  return useSyncExternalStore(playback.subscribe, () => select(playback))
}
