/** What the routes of agents say about their past and their drafts. Times are Unix milliseconds. */
import type { Agent, AgentDraft } from '.'

/** One save of an agent. */
export interface AgentVersion {
  version: number
  saved_at: number
  name: string
}

/** Whom a call is for: an agent as it is saved, or a draft of one that exists or does not exist yet. */
export type CallTarget = { agent_id: Agent['id'] } | { draft: AgentDraft; agent_id?: Agent['id'] }
