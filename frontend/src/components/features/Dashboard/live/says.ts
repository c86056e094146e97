import type { LiveCall } from '@/types/dashboard'

/** About two lines of a phone: of what is said, the newest words matter. */
const MAX_LENGTH = 90

export interface Say {
  role: 'caller' | 'agent'
  text: string
}

/** Return what is being said now, or was said last; null if nobody has said anything. */
export function sayOf({ state, caller_text, agent_text }: LiveCall): Say | null {
  const caller: Say = { role: 'caller', text: newest(caller_text) }
  const agent: Say = { role: 'agent', text: newest(agent_text) }
  const inOrder = state === 'speaking' || state === 'listening' ? [agent, caller] : [caller, agent]
  return inOrder.find(({ text }) => text !== '') ?? null
}

function newest(text: string): string {
  const letters = Array.from(text.trim())
  if (letters.length <= MAX_LENGTH) return letters.join('')
  const tail = letters.slice(-MAX_LENGTH).join('')
  const word = tail.indexOf(' ')
  return `… ${word > 0 && word < MAX_LENGTH / 2 ? tail.slice(word + 1) : tail}`
}
