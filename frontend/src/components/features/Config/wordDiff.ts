/** What changed between two texts, word by word: Myers' greedy O(ND) algorithm (Algorithmica 1, 1986). */

export interface Change {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Beyond so many differing words the texts are shown as replaced: nobody reads such a diff word by word. */
const MOST_EDITS = 600

/** Return the changes from `before` to `after`; without the added they are `before`, without the removed `after`. */
export function wordDiff(before: string, after: string): Change[] {
  const [old, now] = [words(before), words(after)]
  let start = 0
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1
  let end = 0
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  const middle = edits(old.slice(start, old.length - end), now.slice(start, now.length - end))
  return joined([...same(old.slice(0, start)), ...middle, ...same(old.slice(old.length - end))])
}

/** Words, each with the blanks that follow it; together they are the text. */
function words(text: string): string[] {
  return text.match(/\s+|[^\s]+[^\S\n]*/g) ?? []
}

const same = (tokens: string[]): Change[] => tokens.map((text) => ({ kind: 'same', text }))

/** The shortest script from `old` to `now`. */
function edits(old: string[], now: string[]): Change[] {
  const trace: Map<number, number>[] = []
  let reach = new Map([[1, 0]])
  const most = Math.min(old.length + now.length, MOST_EDITS)
  for (let d = 0; d <= most; d += 1) {
    trace.push(reach)
    const next = new Map(reach)
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(reach, k, d) ? at(reach, k + 1) : at(reach, k - 1) + 1
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x += 1
      next.set(k, x)
      if (x >= old.length && x - k >= now.length) return script(old, now, trace)
    }
    reach = next
  }
  return [
    { kind: 'removed', text: old.join('') },
    { kind: 'added', text: now.join('') },
  ]
}

const at = (reach: Map<number, number>, k: number) => reach.get(k) ?? -1

/** Whether the furthest path on diagonal `k` comes from the one above it, by an added word. */
function goesDown(reach: Map<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1))
}

/** Walk the furthest paths back from the end. */
function script(old: string[], now: string[], trace: Map<number, number>[]): Change[] {
  const changes: Change[] = []
  let [x, y] = [old.length, now.length]
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d] ?? new Map<number, number>()
    const k = x - y
    const from = goesDown(reach, k, d) ? k + 1 : k - 1
    const fromX = at(reach, from)
    const fromY = fromX - from
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      changes.push({ kind: 'same', text: old[x - 1] ?? '' })
      x -= 1
      y -= 1
    }
    if (d === 0) break
    if (x === fromX) changes.push({ kind: 'added', text: now[y - 1] ?? '' })
    else changes.push({ kind: 'removed', text: old[x - 1] ?? '' })
    x = fromX
    y = fromY
  }
  return changes.reverse()
}

/** Neighbours of one kind as one; what was removed before what was added in its place. */
function joined(changes: Change[]): Change[] {
  const whole: Change[] = []
  let [removed, added] = ['', '']
  const flush = () => {
    if (removed !== '') whole.push({ kind: 'removed', text: removed })
    if (added !== '') whole.push({ kind: 'added', text: added })
    removed = added = ''
  }
  for (const { kind, text } of changes) {
    if (kind === 'removed') removed += text
    else if (kind === 'added') added += text
    else {
      flush()
      const last = whole.at(-1)
      if (last?.kind === 'same') last.text += text
      else whole.push({ kind, text })
    }
  }
  flush()
  return whole
}
