import { useEffect, useState } from 'react'

/** Unix milliseconds, afresh every second while `running`. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!running) return
    const tick = () => setNow(Date.now())
    const first = window.setTimeout(tick)
    const timer = window.setInterval(tick, 1_000)
    return () => {
      window.clearTimeout(first)
      window.clearInterval(timer)
    }
  }, [running])
  return now
}
