import { useCallback, useEffect, useState } from 'react'
import { listMicrophones, watchMicrophones, type Microphone } from '../utils/microphone'

export interface Microphones {
  /** Empty until the person has allowed one: browsers tell of none before. */
  known: readonly Microphone[]
  /** Null is the browser's choice, also when the chosen one was unplugged. */
  chosen: string | null
  choose: (id: string | null) => void
  /** Ask the browser again, once there is a new permission. */
  refresh: () => void
}

/** The microphones and the one to call with; looked for anew with every call, which may bring a permission. */
export function useMicrophones(inCall: boolean): Microphones {
  const [known, setKnown] = useState<readonly Microphone[]>([])
  const [wanted, choose] = useState<string | null>(null)
  const refresh = useCallback(() => {
    // A browser that keeps its list to itself still has a microphone of its choice.
    void listMicrophones().then(setKnown, () => setKnown([]))
  }, [])

  useEffect(() => {
    refresh()
    return watchMicrophones(refresh)
  }, [refresh, inCall])

  return { known, chosen: known.some(({ id }) => id === wanted) ? wanted : null, choose, refresh }
}
