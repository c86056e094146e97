/**
 * What the backend says and expects, by the names that the console uses for it.
 *
 * The one door to src/types/generated, which `npm run generate:types` writes from the server's own OpenAPI
 * document: when the server changes, the compiler finds here what no longer fits. Unless a name says otherwise,
 * times are Unix milliseconds.
 */
import type { components } from './generated/api'

type Schemas = components['schemas']

/** An archived agent takes no calls; everything of it is kept. */
export type Agent = Schemas['Agent'] & { archived: boolean }
export type VoiceConfig = Schemas['Voice']

export type ModelChoice = Schemas['Model']
export type TurnTaking = Schemas['TurnTaking']
export type LatencyOptions = Schemas['Latency']

/** What an owner writes. */
export type AgentDraft = Schemas['AgentDraft']

/** Limits of backend/domain/entities/agent.py and value_objects/voice_config.py. */
export const AGENT_LIMITS = {
  name: 80,
  prompt: 32_000,
  first_message: 1_000,
  knowledge: 200_000,
  engines: 4,
  other_languages: 3,
  model: 120,
  speed: { min: 0.5, max: 2 },
  pitch: { min: -12, max: 12 },
  temperature: { min: 0, max: 2 },
} as const

export type ConfigOptions = Schemas['Options']
export type EngineOption = Schemas['EngineOption']
export type NumberRange = Schemas['NumberRange']
export type EngineReadiness = Schemas['EngineReadiness']
export type EngineKind = keyof ConfigOptions['engines']
export type Voice = Schemas['VoiceOption']
export type VoicePreview = Schemas['VoicePreviewRequest']

export type Session = Schemas['Session']
export type Ticket = Schemas['Ticket']

export type CallSummary = Schemas['CallSummary']
export type CallDetail = Schemas['CallDetail']
export type CallStatus = Schemas['CallStatus']
export type EndCause = Schemas['EndCause']
export type CallPage = Schemas['CallList']

export type Role = Schemas['Role']

/** Why a turn took as long as it did; the six sum to the voice-to-voice latency. */
export type TurnLatency = Schemas['TurnLatency']

/** One party's say; `heard` is a prefix of `content`. Instants are nanoseconds since the call began. */
export type Turn = Required<Schemas['ConversationTurn']>

/** Entries are parsed at the door (conversation/timeline.ts), hence unknown here. */
export type TimelinePage = Omit<Schemas['TimelinePage'], 'items'> & { items: unknown[] }

/** An error as application/problem+json tells it, or what we make of one that never reached the server. */
export interface Problem {
  /** 0 when there was no answer at all. */
  status: number
  code: string
  detail: string
  request_id: string | null
  /** How long the server asks to be left alone; null if it does not say. */
  retry_after_s: number | null
  errors: Schemas['FieldError'][]
}
