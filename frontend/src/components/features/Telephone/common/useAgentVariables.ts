import { useAppSelector } from '@/hooks/useAppSelector'
import { selectAllAgents } from '@/store/slices/configSlice'
import { variablesIn } from '@/utils/variables'

/** The names in an agent's texts that an order for a call gives their values. */
export function useAgentVariables(agentId: string): string[] {
  const agent = useAppSelector(selectAllAgents).find(({ id }) => id === agentId)
  if (!agent) return []
  const { prompt, first_message, knowledge, telephone } = agent
  return variablesIn(prompt, first_message, knowledge, telephone.announcement, telephone.voicemail)
}
