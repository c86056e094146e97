/** The agents, and what they can be made of. */
import { createSlice } from '@reduxjs/toolkit'
import { serviceThunk } from '@/store/thunks'
import type { Agent, AgentDraft, ConfigOptions, Problem } from '@/types'

export type LoadStatus = 'idle' | 'loading' | 'loaded' | 'failed'

export interface ConfigState {
  agents: Agent[]
  agentsStatus: LoadStatus
  agentsProblem: Problem | null
  options: ConfigOptions | null
}

export const fetchAgents = serviceThunk('config/fetchAgents', ({ config }) => config.agents())
export const fetchOptions = serviceThunk('config/fetchOptions', ({ config }) => config.options())
export const createAgent = serviceThunk('config/createAgent', ({ config }, draft: AgentDraft) =>
  config.create(draft),
)
export const updateAgent = serviceThunk(
  'config/updateAgent',
  ({ config }, { id, version, draft }: { id: string; version: number; draft: AgentDraft }) =>
    config.update(id, version, draft),
)
export const deleteAgent = serviceThunk('config/deleteAgent', ({ config }, id: string) => config.remove(id))

/** A single-use permit for one call to an agent; not kept. */
export const requestTicket = serviceThunk('config/requestTicket', ({ config }, agentId: string) =>
  config.ticket(agentId),
)

const initialState: ConfigState = { agents: [], agentsStatus: 'idle', agentsProblem: null, options: null }

const configSlice = createSlice({
  name: 'config',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchAgents.pending, (state) => {
        state.agentsStatus = state.agentsStatus === 'loaded' ? 'loaded' : 'loading'
        state.agentsProblem = null
      })
      .addCase(fetchAgents.fulfilled, (state, { payload }) => {
        state.agents = payload
        state.agentsStatus = 'loaded'
      })
      .addCase(fetchAgents.rejected, (state, { payload }) => {
        state.agentsStatus = 'failed'
        state.agentsProblem = payload ?? null
      })
      .addCase(fetchOptions.fulfilled, (state, { payload }) => {
        state.options = payload
      })
      .addCase(createAgent.fulfilled, (state, { payload }) => {
        state.agents.push(payload)
      })
      .addCase(updateAgent.fulfilled, (state, { payload }) => {
        state.agents = state.agents.map((agent) => (agent.id === payload.id ? payload : agent))
      })
      .addCase(deleteAgent.fulfilled, (state, { meta }) => {
        state.agents = state.agents.filter((agent) => agent.id !== meta.arg)
      }),
})

export const configReducer = configSlice.reducer

interface WithConfig {
  config: ConfigState
}

export const selectAgents = (state: WithConfig) => state.config.agents
export const selectAgentsStatus = (state: WithConfig) => state.config.agentsStatus
export const selectAgentsProblem = (state: WithConfig) => state.config.agentsProblem
export const selectOptions = (state: WithConfig) => state.config.options
export const selectAgent = (id: string | undefined) => (state: WithConfig) =>
  state.config.agents.find((agent) => agent.id === id)
