import * as z from '@/zod'
import type { ProviderAccount, ProviderDraft, ProviderKind } from '@/types/settings'

/** Limits of backend/interfaces/http/schemas/providers.py. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/
const KEY = /^[!-~]*$/
const MAX_KEY = 500
const MAX_SETTING = 500

export interface AccountValues {
  id: string
  kind: string
  settings: Record<string, string>
  /** Empty: the stored one stays, if there is one. */
  key: string
  /** There is to be no key any more. */
  forgetKey: boolean
}

/** Return what the form starts with: a stored account, or a new one of `kind` under a name that is free. */
export function accountValues(
  kind: ProviderKind,
  stored: ProviderAccount | undefined,
  taken: readonly string[],
): AccountValues {
  const own = Object.fromEntries(kind.fields.map(({ name }) => [name, stored?.settings[name] ?? '']))
  return {
    id: stored?.id ?? freeName(kind.id, taken),
    kind: kind.id,
    settings: own,
    key: '',
    forgetKey: false,
  }
}

function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  for (let i = 2; taken.includes(name); i++) name = `${wanted}-${i}`
  return name
}

/** Return the schema of an account of `kind`; `stored` is what it replaces. Messages are codes of useErrorText. */
export function accountSchema(kind: ProviderKind, stored: ProviderAccount | undefined) {
  const setting = z.string().trim().max(MAX_SETTING, 'tooLong')
  return z
    .object({
      id: z.string().trim().regex(NAME, 'name'),
      kind: z.string(),
      settings: z.record(z.string(), setting),
      key: z.string().trim().max(MAX_KEY, 'tooLong').regex(KEY, 'key'),
      forgetKey: z.boolean(),
    })
    .superRefine(({ settings, key, forgetKey }, context) => {
      for (const { name, type, required } of kind.fields) {
        const value = settings[name] ?? ''
        const complain = (message: string) =>
          context.addIssue({ code: 'custom', path: ['settings', name], message })
        if (value === '' && required) complain('required')
        else if (type === 'url' && value !== '' && !isWebAddress(value)) complain('url')
      }
      if (key === '' && needsKey(kind, stored, settings, forgetKey)) {
        context.addIssue({ code: 'custom', path: ['key'], message: 'keyNeeded' })
      }
    })
}

/** Whether the key has to be entered: there is none yet, or the stored one was for another address. */
export function needsKey(
  kind: ProviderKind,
  stored: ProviderAccount | undefined,
  settings: Record<string, string>,
  forgetKey: boolean,
): boolean {
  if (stored?.has_key !== true || forgetKey) return kind.needs_key
  return hasMoved(kind, stored, settings)
}

/** Whether what decides where a key is sent is another now. */
export function hasMoved(
  kind: ProviderKind,
  stored: ProviderAccount,
  settings: Record<string, string>,
): boolean {
  const value = (from: Record<string, string>, name: string, standard: string) =>
    (from[name] ?? '').trim() || standard
  return kind.fields.some(
    (field) =>
      field.is_address &&
      value(settings, field.name, field.default) !== value(stored.settings, field.name, field.default),
  )
}

/** Return what to send. Settings that are left empty are left out: the kind's default holds. */
export function accountDraft({ id, kind, settings, key, forgetKey }: AccountValues): ProviderDraft {
  const filled = Object.entries(settings).filter(([, value]) => value !== '')
  return {
    id,
    kind,
    settings: Object.fromEntries(filled),
    ...(key !== '' && { key }),
    ...(key === '' && forgetKey && { key: '' }),
  }
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
