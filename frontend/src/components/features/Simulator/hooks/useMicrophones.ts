import { useCallback, useEffect, useState } from 'react'
import { readPreference, writePreference } from '@/services/preferences'
import { listMicrophones, watchMicrophones, type Microphone } from '../utils/microphone'

export interface Microphones {
  /** Empty until the person has allowed one: browsers tell of none before. */
  known: readonly Microphone[]
  /** Null is the browser's choice, also while the one that the person chose is not connected. */
  chosen: string | null
  /** The one that the person chose is known not to be connected. */
  isChosenGone: boolean
  choose: (id: string | null) => void
  /** Ask the browser again, once there is a new permission. */
  refresh: () => void
}

/**
 * The microphones and the one to call with, which this browser remembers; looked for anew with every call, which
 * may bring a permission. Before that nobody knows whether the remembered one is there: opening it finds out.
 */
export function useMicrophones(inCall: boolean): Microphones {
  const [known, setKnown] = useState<readonly Microphone[]>([])
  const [wanted, setWanted] = useState(remembered)
  const refresh = useCallback(() => {
    // A browser that keeps its list to itself still has a microphone of its choice.
    void listMicrophones().then(setKnown, () => setKnown([]))
  }, [])
  const choose = useCallback((id: string | null) => {
    writePreference('microphone', id ?? '')
    setWanted(id)
  }, [])

  useEffect(() => {
    refresh()
    return watchMicrophones(refresh)
  }, [refresh, inCall])

  const isChosenGone = wanted !== null && known.length > 0 && !known.some(({ id }) => id === wanted)
  return { known, chosen: isChosenGone ? null : wanted, isChosenGone, choose, refresh }
}

function remembered(): string | null {
  const id = readPreference('microphone')
  return id === '' ? null : id
}
