/** Agents to begin with. Their texts are in the agent's language, with blanks for what only the owner knows. */
import type { AgentDraft } from '@/types'
import { emptyDraft } from '../defaults'
import { withPreset, type Preset } from '../manners'
import { base } from '../engines'
import { english } from './english'
import { spanish } from './spanish'

export const TEMPLATE_IDS = ['reception', 'bookings', 'support', 'survey'] as const

export type TemplateId = (typeof TEMPLATE_IDS)[number]

export type TemplateTexts = Pick<AgentDraft, 'name' | 'prompt' | 'first_message' | 'knowledge'>

const MANNERS: Record<TemplateId, Preset> = {
  reception: 'balanced',
  bookings: 'balanced',
  support: 'patient', // People who describe a fault think while they speak.
  survey: 'brisk',
}

export function isTemplateId(id: string | null): id is TemplateId {
  return TEMPLATE_IDS.some((known) => known === id)
}

export function draftFrom(id: TemplateId, language: string): AgentDraft {
  const texts = base(language) === 'es' ? spanish : english
  const empty = emptyDraft(language)
  return { ...empty, ...texts[id], turn_taking: withPreset(empty.turn_taking, MANNERS[id]) }
}
