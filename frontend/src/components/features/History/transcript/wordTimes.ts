/**
 * When each word of a turn was said.
 *
 * For the agent the timeline knows: `heard` tells, again and again, how much of the reply the caller has been
 * played. For the caller it knows when there was a voice; the words are spread over that time by their length,
 * and pauses take none of them. In between everything is proportional. What nobody heard has no time.
 */
import type { TimelineEntry } from '@/conversation/timeline'
import type { Turn } from '@/types'

/** A word is `content.slice(from, to)`; `at` is nanoseconds since the call began. */
export interface Word {
  from: number
  to: number
  at: number
}

/** By `at`, this many characters of the turn had been said. */
interface Anchor {
  chars: number
  at: number
}

/** A stretch of time in which the caller's voice was there. */
interface Voiced {
  from: number
  to: number
}

/** What is known about the times of each turn, by its number. */
export type TurnAnchors = ReadonlyMap<number, readonly Anchor[]>

/** Gather what a whole timeline knows about when things were said. */
export function anchorsOf(timeline: readonly TimelineEntry[]): TurnAnchors {
  const anchors = new Map<number, readonly Anchor[]>()
  const played = new Map<number, Anchor[]>()
  const voiced: Voiced[] = []
  for (const { event, effects } of timeline) {
    if (event.type === 'playout_started') {
      const soFar = played.get(event.reply_id) ?? []
      played.set(event.reply_id, [...soFar, { chars: soFar.at(-1)?.chars ?? 0, at: event.audible_at }])
    } else if (event.type === 'heard') {
      played.get(event.reply_id)?.push({ chars: event.text.length, at: event.at })
    } else if (event.type === 'speech_started') {
      voiced.push({ from: event.since, to: Infinity })
    } else if (event.type === 'speech_stopped') {
      const open = voiced.at(-1)
      if (open) open.to = event.since
    }
    for (const effect of effects) {
      if (effect.type !== 'commit_turn') continue
      const { turn } = effect
      const known = turn.role === 'caller' ? spread(turn, voiced) : (played.get(turn.reply_id ?? -1) ?? [])
      anchors.set(turn.number, bounded(turn, known))
    }
  }
  return anchors
}

/** Return the words of what was heard of `turn`, with their times. */
export function wordsOf(turn: Turn, anchors: TurnAnchors): Word[] {
  const known = anchors.get(turn.number) ?? bounded(turn, [])
  return Array.from(turn.heard.matchAll(/\S+/g), ({ 0: word, index }) => ({
    from: index,
    to: index + word.length,
    at: timeAt(index, known),
  }))
}

/** Return the index of the word that is being said at `at`; -1 before the first one. */
export function wordAt(words: readonly Word[], at: number): number {
  let [low, high] = [0, words.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((words[middle]?.at ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Spread the caller's words over the time in which there was a voice. */
function spread(turn: Turn, voiced: readonly Voiced[]): Anchor[] {
  const stretches = voiced
    .map(({ from, to }) => ({ from: Math.max(from, turn.started_at), to: Math.min(to, turn.ended_at) }))
    .filter(({ from, to }) => to > from)
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0)
  let said = 0
  return stretches.flatMap(({ from, to }) => {
    const begin = { chars: (said / total) * turn.heard.length, at: from }
    said += to - from
    return [begin, { chars: (said / total) * turn.heard.length, at: to }]
  })
}

/** Put the turn's own begin and end around what is known, and keep only what goes forward in both. */
function bounded(turn: Turn, known: readonly Anchor[]): Anchor[] {
  const inside: Anchor[] = []
  let last: Anchor = { chars: 0, at: turn.started_at }
  for (const anchor of known) {
    if (anchor.chars < last.chars || anchor.at < last.at || anchor.chars > turn.heard.length) continue
    inside.push(anchor)
    last = anchor
  }
  const begin = { chars: 0, at: inside[0]?.chars === 0 ? inside[0].at : turn.started_at }
  return [begin, ...inside, { chars: turn.heard.length, at: Math.max(turn.ended_at, last.at) }]
}

/** Where two anchors share their characters (a pause), the later one counts: the word follows the pause. */
function timeAt(chars: number, anchors: readonly Anchor[]): number {
  const next = anchors.findIndex((anchor) => anchor.chars > chars)
  const [before, after] = [anchors.at(next === -1 ? -1 : next - 1), anchors[next]]
  if (!before) return 0
  if (!after || next === 0) return before.at
  return before.at + ((chars - before.chars) / (after.chars - before.chars)) * (after.at - before.at)
}
