import type { Turn } from '@/types'

interface Texts {
  /** The first line. */
  title: string
  names: Record<Turn['role'], string>
  time: (ns: number) => string
  /** Says of words that nobody heard them. */
  unheard: (words: string) => string
}

/** Return a conversation as plain text, a paragraph for each turn. */
export function transcriptText(turns: readonly Turn[], { title, names, time, unheard }: Texts): string {
  const paragraphs = turns.map(({ role, content, heard, started_at }) => {
    const rest = content.slice(heard.length).trim()
    const words = rest === '' ? heard.trim() : `${heard.trim()} ${unheard(rest)}`.trim()
    return `[${time(started_at)}] ${names[role]}: ${words}`
  })
  return [title, ...paragraphs, ''].join('\n\n')
}
