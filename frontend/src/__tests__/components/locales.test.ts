import { describe, expect, it } from 'vitest'
import { en } from '@/i18n/locales/en'
import { es } from '@/i18n/locales/es'
import { preferredLanguage } from '@/i18n/i18n'

type Texts = Readonly<{ [key: string]: string | Texts }>

/** Every text with its full key. */
function texts(tree: Texts, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : texts(value, `${prefix}${key}.`),
  )
}

const english = new Map(texts(en))
const spanish = new Map(texts(es))

const sources = import.meta.glob<string>(
  ['/src/**/*.{ts,tsx}', '!/src/**/__tests__/**', '!/src/i18n/**', '!/src/store/**'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
)
const code = Object.values(sources).join('\n')

/** Keys written out, and the beginnings of those that end in a value. */
const literalKeys = [...code.matchAll(/'((?:[a-zA-Z]+\.)+[a-zA-Z_-]+)'/g)].map((match) => match[1] ?? '')
const keyPrefixes = [...code.matchAll(/`((?:[a-zA-Z]+\.)+)\$\{/g)].map((match) => match[1] ?? '')

describe('the console’s languages', () => {
  it('have the same texts', () => {
    expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('leave no text empty', () => {
    for (const [key, text] of [...english, ...spanish]) expect(text.trim(), key).not.toBe('')
  })

  it('fill in the same values', () => {
    const values = (text: string | undefined) =>
      [...(text ?? '').matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of english) expect(values(spanish.get(key)), key).toEqual(values(text))
  })

  it('have every text that the code asks for', () => {
    const sections = new Set(Object.keys(en))
    const asked = literalKeys.filter((key) => sections.has(key.split('.')[0] ?? ''))
    expect(asked.length).toBeGreaterThan(50)
    const missing = asked.filter((key) => !english.has(key) && !english.has(`${key}_other`))
    expect(missing).toEqual([])
  })

  it('have no text that nobody asks for', () => {
    const isAsked = (key: string) =>
      literalKeys.includes(key.replace(/_(one|other)$/, '')) ||
      keyPrefixes.some((prefix) => key.startsWith(prefix))
    expect([...english.keys()].filter((key) => !isAsked(key))).toEqual([])
  })

  it.each([
    [['es-AR', 'en'], 'es'],
    [['fr', 'en-GB'], 'en'],
    [['de'], 'en'],
  ])('suit a person who prefers %j with %s', (wanted, language) => {
    expect(preferredLanguage(wanted)).toBe(language)
  })
})
