import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { queryOf, readFilters, writeFilters, type Filters } from './filters'

/** The filters in the address, and a way to change some of them; `replace` keeps typing out of the history. */
export function useFilters() {
  const [params, setParams] = useSearchParams()
  const address = params.toString()
  const filters = useMemo(() => readFilters(new URLSearchParams(address)), [address])
  const query = useMemo(() => queryOf(filters), [filters])
  const change = useCallback(
    (changes: Partial<Filters>, { replace = false }: { replace?: boolean } = {}) =>
      setParams((now) => writeFilters({ ...readFilters(now), ...changes }), { replace }),
    [setParams],
  )
  return { filters, query, change }
}

export type ChangeFilters = ReturnType<typeof useFilters>['change']
