import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { readSpan, writeSpan, type Span } from './spans'

/** The span in the address, and a way to change some of it. */
export function useSpan() {
  const [params, setParams] = useSearchParams()
  const address = params.toString()
  const span = useMemo(() => readSpan(new URLSearchParams(address)), [address])
  const change = useCallback(
    (changes: Partial<Span>) =>
      setParams((now) => writeSpan({ ...readSpan(now), ...changes }), { replace: true }),
    [setParams],
  )
  return { span, change }
}
