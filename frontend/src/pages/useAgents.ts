import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import {
  fetchAgents,
  fetchOptions,
  selectAgents,
  selectAgentsStatus,
  selectOptions,
} from '@/store/slices/configSlice'

/** The agents and what they can be made of, fetched afresh when a page opens. */
export function useAgents() {
  const dispatch = useAppDispatch()
  useEffect(() => {
    void dispatch(fetchAgents())
    void dispatch(fetchOptions())
  }, [dispatch])
  return {
    agents: useAppSelector(selectAgents),
    status: useAppSelector(selectAgentsStatus),
    options: useAppSelector(selectOptions),
  }
}
