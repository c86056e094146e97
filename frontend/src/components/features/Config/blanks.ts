/** Blanks: `{{opening hours}}` in a text is still to be filled in by its owner. What every call fills in is none. */
import { isOfEveryCall } from '@/utils/variables'

const BLANK = /\{\{([^{}\n]{1,60})\}\}/g

/** The names of all blanks in these texts, each once, in order. */
export function blanksIn(...texts: string[]): string[] {
  const names = texts.flatMap((text) => Array.from(text.matchAll(BLANK), ([, name = '']) => name.trim()))
  return [...new Set(names)].filter((name) => name !== '' && !isOfEveryCall(name))
}

export function fillBlank(text: string, name: string, value: string): string {
  return text.replace(BLANK, (blank, found: string) => (found.trim() === name ? value : blank))
}

export interface Piece {
  text: string
  isBlank: boolean
}

/** The text cut at its blanks; the pieces together are the text. */
export function pieces(text: string): Piece[] {
  const parts: Piece[] = []
  let from = 0
  for (const match of text.matchAll(BLANK)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), isBlank: false })
    parts.push({ text: match[0], isBlank: true })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isBlank: false })
  return parts
}

/**
 * About how many tokens a model makes of a text: a quarter of its UTF-8 bytes. Byte-pair vocabularies come to
 * 4 bytes a token in English prose and 3.5 in Spanish (tiktoken's cl100k_base), near enough to plan with.
 */
export function tokenEstimate(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / 4)
}
