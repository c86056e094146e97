/** Where the words of a search stand in a text, by the server's rules: accents and case do not matter. */

const WORD = /[\p{L}\p{N}\p{M}]+/gu

/** A word of a search that is this long may be the beginning of one that was said. */
const MIN_PREFIX = 3

export interface Piece {
  text: string
  isHit: boolean
}

/** Cut `text` into pieces that are hits and pieces that are none; joined they are `text` again. */
export function highlighted(text: string, search: string): Piece[] {
  const wanted = (search.match(WORD) ?? []).map(folded)
  const pieces: Piece[] = []
  let done = 0
  for (const match of wanted.length === 0 ? [] : text.matchAll(WORD)) {
    const word = folded(match[0])
    if (!wanted.some((it) => word === it || (it.length >= MIN_PREFIX && word.startsWith(it)))) continue
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), isHit: false })
    pieces.push({ text: match[0], isHit: true })
    done = match.index + match[0].length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), isHit: false })
  return pieces
}

function folded(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
