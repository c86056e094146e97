/** Where the simulator stands open, and whom it is to call next; the call itself is not in the store. */
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { draftTried } from '@/store/slices/configSlice'
import type { Agent } from '@/types'

export interface SimulatorChoiceState {
  /** Whether it stands open beside the page. */
  isDocked: boolean
  /** The agent that was chosen; null for the first one. */
  agentId: Agent['id'] | null
}

const initialState: SimulatorChoiceState = { isDocked: false, agentId: null }

const simulatorSlice = createSlice({
  name: 'simulator',
  initialState,
  reducers: {
    dockOpened(state) {
      state.isDocked = true
    },
    dockFolded(state) {
      state.isDocked = false
    },
    agentChosen(state, { payload }: PayloadAction<Agent['id']>) {
      state.agentId = payload
    },
  },
  extraReducers: (builder) =>
    builder.addCase(draftTried, (state) => {
      state.isDocked = true
    }),
})

export const { dockOpened, dockFolded, agentChosen } = simulatorSlice.actions
export const simulatorReducer = simulatorSlice.reducer

interface WithSimulator {
  simulator: SimulatorChoiceState
}

export const selectIsDocked = (state: WithSimulator) => state.simulator.isDocked
export const selectChosenAgentId = (state: WithSimulator) => state.simulator.agentId
