import type { AgentState } from '@/conversation/view'

/** The lamp of the line for what the agent is doing. */
export const LAMPS: Record<AgentState, string> = {
  connecting: 'bg-lamp lamp-blinking',
  listening: 'bg-caller',
  thinking: 'bg-lamp lamp-blinking',
  speaking: 'bg-agent',
  held: 'border-2 border-lamp',
  ended: 'bg-line-strong',
}
