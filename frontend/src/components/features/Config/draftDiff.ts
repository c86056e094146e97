/** What differs between two states of an agent, field by field. */
import type { AgentDraft } from '@/types'
import { SECTIONS, type SectionId } from './sections'

const TEXTS = ['name', 'prompt', 'first_message', 'knowledge'] as const

export type TextField = (typeof TEXTS)[number]

export interface TextDifference {
  field: TextField
  before: string
  after: string
}

/** A setting by its path in the API; lists are one setting. */
export interface SettingDifference {
  section: SectionId
  path: string
  before: string
  after: string
}

export function textDifferences(before: AgentDraft, after: AgentDraft): TextDifference[] {
  return TEXTS.filter((field) => before[field] !== after[field]).map((field) => ({
    field,
    before: before[field],
    after: after[field],
  }))
}

export function settingDifferences(before: AgentDraft, after: AgentDraft): SettingDifference[] {
  return SECTIONS.flatMap(({ id, fields }) => {
    const names = fields.filter((field) => !TEXTS.some((text) => text === field))
    const [old, now] = [before, after].map((draft) => settings(names.map((name) => [name, draft[name]])))
    const paths = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])]
    return paths
      .map((path) => ({ section: id, path, before: old?.get(path) ?? '', after: now?.get(path) ?? '' }))
      .filter((difference) => difference.before !== difference.after)
  })
}

/** Every setting as `path` and how it reads; of nested ones, the innermost. */
function settings(entries: [string, unknown][]): Map<string, string> {
  const flat = entries.flatMap(([path, value]): [string, string][] =>
    isGroup(value)
      ? [...settings(Object.entries(value).map(([name, inner]) => [`${path}.${name}`, inner]))]
      : [[path, reading(value)]],
  )
  return new Map(flat)
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function reading(value: unknown): string {
  if (Array.isArray(value)) return value.map(reading).join(', ')
  if (isGroup(value)) {
    const parts = Object.values(value).filter((part) => part !== null && part !== '')
    return parts.map(reading).join(' · ')
  }
  return String(value)
}
