import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '@/i18n/locales/en'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

/** What the server is written in that answers people: not its commands, which speak for themselves. */
function backend(): string {
  const files = readdirSync(join(REPOSITORY, 'backend'), { recursive: true, encoding: 'utf8' })
  const isAnswering = (name: string) => name.endsWith('.py') && !/interfaces.cli|telephony.doctor/.test(name)
  return files
    .filter(isAnswering)
    .map((name) => readFileSync(join(REPOSITORY, 'backend', name), 'utf8'))
    .join('\n')
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? [])
}

/** Codes that nobody reads in the console. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  'are told to carriers': [
    'bad-media',
    'bad-signature',
    'bad-webhook',
    'call-taken',
    'foreign-account',
    'keys-are-audio',
  ],
  'keep the server from starting': [
    'bad-setting',
    'data-dir',
    'data-folder',
    'database-in-use',
    'database-too-new',
    'master-key',
    'vad-model-missing',
  ],
  'end a call as a bug, which the log explains': [
    'call-ended',
    'call-not-open',
    'inbox-overflow',
    'not-scheduled',
    'recording-ended',
    'storage-overflow',
    'unexpected-event',
  ],
  'are of names that the server draws itself': ['agent-exists', 'key-exists'],
  'are always replaced by one that says more': ['bad-field', 'error', 'limit'],
}

const { problems, faults, outbound } = en
const words = new Set([problems, faults, outbound.causes].flatMap((texts) => Object.keys(texts)))
const unseen = new Set(Object.values(UNSEEN).flat())

function wordless(codes: string[]): string[] {
  return [...new Set(codes)].filter((code) => !words.has(code) && !unseen.has(code)).sort()
}

describe('the codes of the server', () => {
  it('have words: those of its errors', () => {
    const source = backend()
    const codes = [
      ...found(source, /\bcode(?:: str)? ?= ?"([a-z][a-z-]+)"/g),
      ...found(source, /"([a-z]+(?:-[a-z]+)+)", (?:True|False)\b/g), // by status or by name, whether to try again
      ...found(source, /_refused\("([a-z-]+)"/g), // carriers'
      ...found(source, /_failed\("([a-z-]+)"/g), // transfers'
      ...found(source, /TransferRefused\("([a-z-]+)"/g),
      ...found(source, /_check_minute\(.*"([a-z-]+)"\)/g), // limits
    ]
    expect(codes.length).toBeGreaterThan(150)
    expect(wordless(codes)).toEqual([])
  })

  it('have words: those that the description of REST names', () => {
    const page = readFileSync(join(REPOSITORY, 'docs/architecture/REST.md'), 'utf8')
    const lists = found(page, /\b4(?:09|22|29)[^`;|.]*((?:`[a-z-]+`(?: \([^)]*\))?(?:, | and |, and )?)+)/g)
    const codes = lists.flatMap((list) => found(list, /`([a-z]+-[a-z-]+)`/g))
    expect(codes.length).toBeGreaterThan(15)
    expect(wordless(codes)).toEqual([])
  })

  it('that are left out for a reason do have none', () => {
    expect([...unseen].filter((code) => words.has(code))).toEqual([])
  })
})
