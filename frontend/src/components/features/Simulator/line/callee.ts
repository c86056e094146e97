import type { Agent, AgentDraft } from '@/types'
import type { CallTarget } from '@/types/agents'

/** Whom one calls, and how the server is to be asked for them. */
export interface Callee {
  agent: Agent | AgentDraft
  target: CallTarget
}
