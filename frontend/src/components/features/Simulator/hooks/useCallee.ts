import { useMemo } from 'react'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectAgents, selectTriedDraft, type TriedDraft } from '@/store/slices/configSlice'
import { selectChosenAgentId } from '@/store/slices/simulatorSlice'
import type { Callee } from '../line/callee'
import { isInCall, type SimulatorState } from '../line/simulatorState'

/** Whom the call is for while there is one; else whom it would be for. Null if there is nobody. */
export function useCallee(state: SimulatorState): Callee | null {
  const next = useNextCallee()
  return isInCall(state) ? state.callee : next
}

/** A draft that is to be tried out comes first, then the chosen agent, then any. */
export function useNextCallee(): Callee | null {
  const agents = useAppSelector(selectAgents)
  const tried = useAppSelector(selectTriedDraft)
  const chosenId = useAppSelector(selectChosenAgentId)
  return useMemo(() => {
    if (tried) return draftCallee(tried)
    const agent = agents.find(({ id }) => id === chosenId) ?? agents[0]
    return agent ? { agent, target: { agent_id: agent.id } } : null
  }, [agents, tried, chosenId])
}

function draftCallee({ draft, agentId }: TriedDraft): Callee {
  return { agent: draft, target: { draft, ...(agentId !== null && { agent_id: agentId }) } }
}

export function isDraft({ target }: Callee): boolean {
  return 'draft' in target
}
