import { createContext, useContext, useSyncExternalStore } from 'react'
import type { CallLine } from './CallLine'
import type { SimulatorState } from './simulatorState'

export const CallLineContext = createContext<CallLine | null>(null)

/** The console's line. */
export function useCallLine(): CallLine {
  const line = useContext(CallLineContext)
  if (!line) throw new Error('useCallLine needs a CallLineProvider above it')
  return line
}

/** What there is to know of the call on it. */
export function useCallState(): SimulatorState {
  const line = useCallLine()
  return useSyncExternalStore(line.subscribe, line.state)
}
