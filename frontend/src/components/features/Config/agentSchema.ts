/** What may be entered about an agent; the limits are the domain's, the last word is the server's. */
import * as z from '@/zod'
import { AGENT_LIMITS, type Agent, type AgentDraft } from '@/types'
import { telephoneOf, telephoneSchema } from './telephoneSchema'
import { turnTakingSchema } from './turnTakingSchema'

/** Messages are keys of `agentForm.errors`; the field knows its own limit. */
const text = (max: number) => z.string().max(max, 'tooLong')

const within = ({ min, max }: { min: number; max: number }) =>
  z.number('notANumber').min(min, 'outOfRange').max(max, 'outOfRange')

const voiceSchema = z.object({
  engine: z.string(),
  voice: z.string(),
  speed: within(AGENT_LIMITS.speed),
  pitch: within(AGENT_LIMITS.pitch),
  style: z.string(),
})

const modelSchema = z.object({
  engine: z.string(),
  model: text(AGENT_LIMITS.model),
  temperature: within(AGENT_LIMITS.temperature).nullable(),
})

export const agentSchema = z.object({
  name: text(AGENT_LIMITS.name).refine((name) => name.trim() !== '', 'required'),
  language: z.string().min(1, 'required'),
  other_languages: z.array(z.string()).max(AGENT_LIMITS.other_languages, 'outOfRange'),
  prompt: text(AGENT_LIMITS.prompt),
  first_message: text(AGENT_LIMITS.first_message),
  knowledge: text(AGENT_LIMITS.knowledge),
  voice: voiceSchema,
  stand_in_voices: z.array(voiceSchema),
  engines: z.object({
    vad: z.string(),
    // Not bare names: react-hook-form's lists hold objects.
    stt: z.array(z.object({ engine: z.string() })),
    llm: z.array(modelSchema),
  }),
  turn_taking: turnTakingSchema,
  latency: z.object({
    speculative_replies: z.boolean(),
    early_first_clause: z.boolean(),
    warm_up: z.boolean(),
    cached_phrases: z.boolean(),
  }),
  telephone: telephoneSchema,
})

export type AgentValues = z.infer<typeof agentSchema>
export type VoiceValues = AgentValues['voice']

/** What the form shows of an agent, or of one that does not exist yet. */
export function valuesOf(agent: Agent | AgentDraft): AgentValues {
  const { name, language, prompt, first_message, knowledge } = agent
  const { voice, stand_in_voices, engines, turn_taking, latency, telephone } = agent
  return {
    ...{ name, language, other_languages: agent.other_languages, prompt, first_message, knowledge },
    ...{ voice, stand_in_voices, turn_taking, latency, telephone },
    engines: {
      vad: engines.vad,
      stt: engines.stt.map((engine) => ({ engine })),
      llm: engines.llm.map(({ engine, model, temperature }) => ({
        ...{ engine, model },
        temperature: temperature ?? null,
      })),
    },
  }
}

/** What to send. */
export function draftOf(values: AgentValues): AgentDraft {
  const { engines, telephone } = values
  return {
    ...values,
    engines: { ...engines, stt: engines.stt.map(({ engine }) => engine) },
    telephone: telephoneOf(telephone),
  }
}
