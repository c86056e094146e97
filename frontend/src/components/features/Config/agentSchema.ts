/** What may be entered about an agent; the limits are the domain's, the last word is the server's. */
import * as z from '@/zod'
import { AGENT_LIMITS, type Agent, type AgentDraft } from '@/types'

/** Messages are keys of `agentForm.errors`; the field knows its own limit. */
const text = (max: number) => z.string().max(max, 'tooLong')

export const agentSchema = z.object({
  name: text(AGENT_LIMITS.name).refine((name) => name.trim() !== '', 'required'),
  language: z.string().min(1, 'required'),
  prompt: text(AGENT_LIMITS.prompt),
  first_message: text(AGENT_LIMITS.first_message),
  knowledge: text(AGENT_LIMITS.knowledge),
  voice: z.object({
    engine: z.string(),
    voice: z.string(),
    speed: z.number().min(AGENT_LIMITS.speed.min).max(AGENT_LIMITS.speed.max),
    pitch: z.number().min(AGENT_LIMITS.pitch.min).max(AGENT_LIMITS.pitch.max),
  }),
})

export type AgentValues = z.infer<typeof agentSchema>

export function emptyValues(language: string): AgentValues {
  return {
    name: '',
    language,
    prompt: '',
    first_message: '',
    knowledge: '',
    voice: { engine: 'auto', voice: '', speed: 1, pitch: 0 },
  }
}

export function valuesOf(agent: Agent): AgentValues {
  const { name, language, prompt, first_message, knowledge, voice } = agent
  return { name, language, prompt, first_message, knowledge, voice }
}

/** Return what to send: the values, and of an existing agent what this form does not show, unchanged. */
export function draftOf(values: AgentValues, agent: Agent | undefined): AgentDraft {
  return agent ? { ...values, engines: agent.engines, turn_taking: agent.turn_taking } : values
}
