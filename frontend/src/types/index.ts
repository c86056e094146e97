/**
 * What the backend says and expects, as docs/architecture/REST.md and backend/domain describe it.
 *
 * The one place of these types: written by hand until they can be taken from src/types/generated, so that
 * nothing else has to change then. Unless a name says otherwise, times are Unix milliseconds.
 */

export interface VoiceConfig {
  engine: string
  voice: string
  /** A factor, 0.5 to 2. */
  speed: number
  /** Semitones, -12 to 12. */
  pitch: number
}

export interface EngineChoice {
  vad: string
  stt: string
  llm: string
}

/** How the agent conducts a conversation. The console passes it on as it came, whatever a newer server adds. */
export type TurnTaking = Readonly<Record<string, unknown>>

export interface Agent {
  id: string
  name: string
  prompt: string
  first_message: string
  knowledge: string
  /** A BCP 47 tag such as `es` or `en-GB`. */
  language: string
  voice: VoiceConfig
  engines: EngineChoice
  turn_taking: TurnTaking
  version: number
  created_at: number
  updated_at: number
}

/** What an owner may write; what is left out has the server's default. */
export type AgentDraft = Pick<
  Agent,
  'name' | 'prompt' | 'first_message' | 'knowledge' | 'language' | 'voice'
> &
  Partial<Pick<Agent, 'engines' | 'turn_taking'>>

/** Limits of backend/domain/entities/agent.py and value_objects/voice_config.py. */
export const AGENT_LIMITS = {
  name: 80,
  prompt: 32_000,
  first_message: 1_000,
  knowledge: 200_000,
  speed: { min: 0.5, max: 2 },
  pitch: { min: -12, max: 12 },
} as const

export type ReadinessState = 'ready' | 'preparing' | 'unavailable'

/** Whether an engine can serve a call in `language` now. */
export interface EngineReadiness {
  language: string
  state: ReadinessState
  /** One plain sentence for the owner, in English. */
  detail: string
  /** 0 to 1 while preparing, if it is known. */
  progress: number | null
}

export interface EngineOption {
  /** What an agent's `engines` or `voice.engine` holds. */
  id: string
  name: string
  readiness: EngineReadiness[]
}

export interface Voice {
  engine: string
  /** What `VoiceConfig.voice` holds. */
  id: string
  name: string
  language: string
  /** Empty where it is not known. */
  gender: string
}

export interface LanguageOption {
  tag: string
  name: string
  /** The best first. */
  voices: Voice[]
}

export type EngineKind = 'vad' | 'stt' | 'llm' | 'tts'

export interface ConfigOptions {
  languages: LanguageOption[]
  /** In the order in which `auto` prefers them. */
  engines: Record<EngineKind, EngineOption[]>
}

export interface Session {
  tenant: string
  key: { id: string; name: string; created_at: number }
}

export interface Ticket {
  ticket: string
  expires_in_s: number
}

export type CallStatus = 'live' | 'completed' | 'failed' | 'interrupted'
export type Direction = 'browser' | 'inbound' | 'outbound'

export type EndCause =
  | 'caller-hung-up'
  | 'agent-hung-up'
  | 'connection-lost'
  | 'idle'
  | 'max-duration'
  | 'engines-failed'
  | 'requested'
  | 'drained'
  | 'internal-error'
  | 'process-died'

export interface CallSummary {
  id: string
  agent: { id: string; name: string }
  direction: Direction
  status: CallStatus
  end_cause: EndCause | null
  started_at: number
  ended_at: number | null
  duration_ms: number | null
  turns: number
  median_voice_to_voice_ms: number | null
  has_recording: boolean
}

export type Role = 'caller' | 'agent'

/** Why a turn took as long as it did; the six sum to the voice-to-voice latency. */
export interface TurnLatency {
  pause_ms: number
  transcript_ms: number
  first_token_ms: number
  first_clause_ms: number
  first_audio_ms: number
  playout_ms: number
}

/** One party's say; `heard` is a prefix of `content`. Instants are nanoseconds since the call began. */
export interface Turn {
  number: number
  role: Role
  content: string
  heard: string
  started_at: number
  ended_at: number
  interrupted: boolean
  reply_id: number | null
  latency: TurnLatency | null
}

export interface CallDetail extends Omit<CallSummary, 'agent'> {
  agent: Agent
  transcript: Turn[]
}

export interface CallPage {
  items: CallSummary[]
  next_cursor: string | null
}

export interface CallFilter {
  agent_id?: string
  status?: CallStatus
}

/** Entries are parsed at the door (conversation/timeline.ts), hence unknown here. */
export interface TimelinePage {
  items: unknown[]
  next_after_seq: number | null
}

/** An error as application/problem+json tells it, or what we make of one that never reached the server. */
export interface Problem {
  /** 0 when there was no answer at all. */
  status: number
  code: string
  detail: string
  request_id: string | null
  errors: { field: string; message: string }[]
}
