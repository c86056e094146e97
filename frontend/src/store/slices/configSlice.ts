/** The agents with their past, what they can be made of, and the draft that is being tried out. */
import { createSelector, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { serviceThunk } from '@/store/thunks'
import type { Agent, AgentDraft, ConfigOptions, Problem } from '@/types'
import type { AgentVersion, CallTarget } from '@/types/agents'

export type LoadStatus = 'idle' | 'loading' | 'loaded' | 'failed'

/** An agent as its form has it, saved or not; `agentId` is null while it has never been saved. */
export interface TriedDraft {
  draft: AgentDraft
  agentId: string | null
}

export interface ConfigState {
  /** Archived ones too. */
  agents: Agent[]
  agentsStatus: LoadStatus
  agentsProblem: Problem | null
  options: ConfigOptions | null
  /** Every save of the agents whose past was looked at, newest first. */
  versions: Record<string, AgentVersion[]>
  /** What the simulator is to call instead of a saved agent. */
  tried: TriedDraft | null
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
export const archiveAgent = serviceThunk('config/archiveAgent', ({ config }, id: string) =>
  config.archive(id),
)
export const unarchiveAgent = serviceThunk('config/unarchiveAgent', ({ config }, id: string) =>
  config.unarchive(id),
)
export const fetchVersions = serviceThunk('config/fetchVersions', ({ config }, id: string) =>
  config.versions(id),
)

/** An agent as it was; not kept. */
export const fetchVersion = serviceThunk(
  'config/fetchVersion',
  ({ config }, { id, version }: { id: string; version: number }) => config.version(id, version),
)

/** A single-use permit for one call; not kept. */
export const requestTicket = serviceThunk('config/requestTicket', ({ config }, target: CallTarget) =>
  config.ticket(target),
)

const initialState: ConfigState = {
  agents: [],
  agentsStatus: 'idle',
  agentsProblem: null,
  options: null,
  versions: {},
  tried: null,
}

function replaceAgent(state: ConfigState, { payload }: PayloadAction<Agent>): void {
  state.agents = state.agents.map((agent) => (agent.id === payload.id ? payload : agent))
}

const configSlice = createSlice({
  name: 'config',
  initialState,
  reducers: {
    draftTried(state, { payload }: PayloadAction<TriedDraft>) {
      state.tried = payload
    },
    draftPutAway(state) {
      state.tried = null
    },
  },
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
      .addCase(updateAgent.fulfilled, replaceAgent)
      .addCase(archiveAgent.fulfilled, replaceAgent)
      .addCase(unarchiveAgent.fulfilled, replaceAgent)
      .addCase(fetchVersions.fulfilled, (state, { payload, meta }) => {
        state.versions[meta.arg] = payload
      })
      .addCase(deleteAgent.fulfilled, (state, { meta }) => {
        state.agents = state.agents.filter((agent) => agent.id !== meta.arg)
      }),
})

export const { draftTried, draftPutAway } = configSlice.actions
export const configReducer = configSlice.reducer

interface WithConfig {
  config: ConfigState
}

/** Archived ones too. */
export const selectAllAgents = (state: WithConfig) => state.config.agents
/** The agents that take calls. */
export const selectAgents = createSelector([selectAllAgents], (agents) =>
  agents.filter(({ archived }) => !archived),
)
export const selectAgentsStatus = (state: WithConfig) => state.config.agentsStatus
export const selectAgentsProblem = (state: WithConfig) => state.config.agentsProblem
export const selectOptions = (state: WithConfig) => state.config.options
export const selectAgent = (id: string | undefined) => (state: WithConfig) =>
  state.config.agents.find((agent) => agent.id === id)
export const selectVersions = (id: string) => (state: WithConfig) => state.config.versions[id]
export const selectTriedDraft = (state: WithConfig) => state.config.tried
