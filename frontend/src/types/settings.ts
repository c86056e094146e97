/** What the routes of the settings say and expect. Times are Unix milliseconds. */
import type { components } from './generated/api'

type Schemas = components['schemas']

export interface ApiKey {
  id: string
  name: string
  /** Its first characters, by which its owner knows it again. */
  prefix: string
  created_at: number
  last_used_at: number | null
  expires_at: number | null
  revoked_at: number | null
  /** Whether it is the one that asks. */
  current: boolean
}

/** A key as only its making tells it. */
export interface NewApiKey extends ApiKey {
  key: string
}

export interface ApiKeyDraft {
  name: string
  expires_at?: number
}

export type ProviderKind = Schemas['ProviderKindOption']
export type ProviderField = Schemas['ProviderFieldOption']
export type ProviderAccount = Schemas['Provider']
/** `key`: left out, a stored one stays; empty, there is to be none. */
export type ProviderDraft = Schemas['ProviderDraft']
export type ProviderTrial = Schemas['ProviderTrial']

/** After how many days calls, and their recordings, are deleted; null keeps them. */
export interface Retention {
  days: number | null
  recordings_days: number | null
}
