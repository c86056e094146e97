import { useEffect, useState, type ReactNode } from 'react'
import { CallLine } from './CallLine'
import { CallLineContext } from './useCallLine'

/** Gives all below it one line, and hangs up when it goes: nobody could do so any more. */
export function CallLineProvider({ children }: { children: ReactNode }) {
  const [line] = useState(() => new CallLine())
  useEffect(() => line.hangUp, [line])
  return <CallLineContext value={line}>{children}</CallLineContext>
}
