/** What the console knows of its call; a pure reducer of the client's events. */
import { fold } from '@/conversation/fold'
import { agentState, EMPTY_VIEW, type AgentState, type ConversationView } from '@/conversation/view'
import type { TimelineEntry } from '@/conversation/timeline'
import type { EndCause } from '@/types'
import type { CallEvent } from '../client/CallClient'
import type { CallerInput } from '../utils/microphone'
import type { Callee } from './callee'

export type Phase = 'idle' | 'starting' | 'live' | 'over'

export interface Failure {
  code: string
  message: string
}

export interface SimulatorState {
  phase: Phase
  /** Whom the last call was or is for; null before the first one. */
  callee: Callee | null
  agentName: string
  /** Whether the person speaks, or only writes. */
  speaks: boolean
  callId: string | null
  view: ConversationView
  /** All that happened so far, in order. */
  timeline: readonly TimelineEntry[]
  endCause: EndCause | null
  failure: Failure | null
  trouble: Failure | null
  muted: boolean
  /** When the call became live, on performance.now()'s line. */
  liveSince: number | null
}

export type SimulatorAction =
  | { type: 'started'; callee: Callee; input: CallerInput }
  | { type: 'happened'; event: CallEvent; now: number }
  | { type: 'muted'; muted: boolean }

export const IDLE: SimulatorState = {
  phase: 'idle',
  callee: null,
  agentName: '',
  speaks: true,
  callId: null,
  view: EMPTY_VIEW,
  timeline: [],
  endCause: null,
  failure: null,
  trouble: null,
  muted: false,
  liveSince: null,
}

export function simulatorReducer(state: SimulatorState, action: SimulatorAction): SimulatorState {
  switch (action.type) {
    case 'started':
      return {
        ...IDLE,
        phase: 'starting',
        callee: action.callee,
        agentName: action.callee.agent.name,
        speaks: action.input.kind === 'microphone',
      }
    case 'muted':
      return { ...state, muted: action.muted }
    case 'happened':
      return afterEvent(state, action.event, action.now)
  }
}

function afterEvent(state: SimulatorState, event: CallEvent, now: number): SimulatorState {
  switch (event.type) {
    case 'ready':
      return { ...state, phase: 'live', callId: event.callId, agentName: event.agentName, liveSince: now }
    case 'entry':
      return {
        ...state,
        view: fold(state.view, event.entry),
        timeline: [...state.timeline, event.entry],
      }
    case 'trouble':
      return { ...state, trouble: { code: event.code, message: event.message } }
    case 'failed':
      return { ...state, phase: 'over', failure: { code: event.code, message: event.message } }
    case 'ended':
      return { ...state, phase: 'over', endCause: event.cause }
  }
}

/** Whether there is something to hang up. */
export function isInCall({ phase }: SimulatorState): boolean {
  return phase === 'starting' || phase === 'live'
}

/** What the person is told the agent is doing; null when there is no call and was none. */
export function visibleState({ phase, callId, view }: SimulatorState): AgentState | null {
  if (phase === 'idle') return null
  if (phase === 'starting') return 'connecting'
  if (phase === 'over') return callId === null ? null : 'ended'
  return agentState(view)
}
