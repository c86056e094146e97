import type { Agent } from '@/types'

/** The agents of whose name, prompt or language every word of `query` is a part; accents and case do not matter. */
export function matching(agents: readonly Agent[], query: string): Agent[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  return agents.filter(({ name, language, prompt }) => {
    const text = plain(`${name} ${language} ${prompt}`)
    return words.every((word) => text.includes(word))
  })
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
