import { memo, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { LongText } from '@/components/conversation/LongText'
import { Unheard } from '@/components/conversation/Words'
import type { Turn } from '@/types'
import { highlighted } from '../list/highlight'
import type { Playback } from '../playback/Playback'
import { usePlayback } from '../playback/usePlayback'
import { wordAt, type Word } from './wordTimes'

const NS_PER_S = 1_000_000_000

/** The timeline learns of a word once it has been said: this much earlier none loses its first sound. */
const LEAD_NS = 120_000_000

interface SpokenWordsProps {
  turn: Turn
  words: readonly Word[]
  playback: Playback
  /** Its words are marked. */
  search: string
}

/**
 * A turn whose words can be heard: a press on one plays from there, and the one being said is marked. With the
 * keyboard the turn is one stop, in which arrows choose a word. For screen readers it stays a sentence.
 */
export function SpokenWords({ turn, words, playback, search }: SpokenWordsProps) {
  const { t } = useTranslation()
  const hint = useId()
  const text = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(-1)
  const said = usePlayback(playback, ({ seconds }) => {
    const at = seconds * NS_PER_S
    return at === 0 || at > turn.ended_at ? -1 : wordAt(words, at)
  })
  const isPlaying = usePlayback(playback, (it) => it.isPlaying)
  const isCurrent = said >= 0

  useEffect(() => {
    if (isCurrent && isPlaying) text.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent, isPlaying])

  const playFrom = (index: number) => {
    const word = words[index]
    if (word) playback.playFrom(Math.max(turn.started_at, word.at - LEAD_NS) / NS_PER_S)
  }
  const press = (event: MouseEvent) => {
    const isSelecting = window.getSelection()?.isCollapsed === false
    const word = event.target instanceof Element ? event.target.closest('[data-word]') : null
    if (word && !isSelecting) playFrom(Number(word.getAttribute('data-word')))
  }
  const move = (event: KeyboardEvent) => {
    const now = chosen < 0 ? Math.max(said, 0) : chosen
    const next = nextOf(event.key, now, words.length, chosen < 0)
    if (next === null && event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    if (next === null) playFrom(now)
    else setChosen(next)
  }
  const word = words[chosen]
  return (
    <>
      <div
        ref={text}
        role="group"
        tabIndex={0}
        aria-label={t('call.wordsOf', { role: t(`call.speakers.${turn.role}`) })}
        aria-describedby={hint}
        dir="auto"
        className="-mx-1 scroll-my-40 rounded-sm px-1 wrap-anywhere whitespace-pre-line"
        onClick={press}
        onKeyDown={move}
        onBlur={() => setChosen(-1)}
      >
        <WordSpans turn={turn} words={words} said={said} chosen={chosen} search={search} />
        <Unheard words={turn.content.slice(turn.heard.length)} />
      </div>
      <span id={hint} hidden>
        {t('call.wordsHint')}
      </span>
      <span className="sr-only" aria-live="polite">
        {word && turn.heard.slice(word.from, word.to)}
      </span>
    </>
  )
}

interface WordSpansProps {
  turn: Turn
  words: readonly Word[]
  said: number
  chosen: number
  search: string
}

const WordSpans = memo(function WordSpans({ turn, words, said, chosen, search }: WordSpansProps) {
  const hits = useMemo(() => hitsOf(turn.heard, words, search), [turn.heard, words, search])
  const last = words.at(-1)
  return (
    <>
      {turn.heard.slice(0, words[0]?.from)}
      {words.map(({ from, to }, index) => (
        <span key={from}>
          <span
            data-word={index}
            data-hit={hits.has(index) || undefined}
            aria-current={index === said || undefined}
            className={classes(
              'cursor-pointer rounded-sm underline-offset-4 hover:underline hover:decoration-dotted',
              hits.has(index) && 'bg-warning-soft',
              index === said && (turn.role === 'caller' ? 'bg-caller-soft' : 'bg-agent-soft'),
              index === chosen && 'outline-2 outline-primary',
            )}
          >
            <LongText text={turn.heard.slice(from, to)} />
          </span>
          {index + 1 < words.length && turn.heard.slice(to, words[index + 1]?.from)}
        </span>
      ))}
      {last && turn.heard.slice(last.to)}
    </>
  )
})

/** Where a key leads among `count` words; null if it leads nowhere. The first arrow chooses the word itself. */
function nextOf(key: string, now: number, count: number, isFirst: boolean): number | null {
  if (key === 'ArrowRight') return Math.min(count - 1, isFirst ? now : now + 1)
  if (key === 'ArrowLeft') return Math.max(0, isFirst ? now : now - 1)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}

function hitsOf(text: string, words: readonly Word[], search: string): ReadonlySet<number> {
  if (search === '') return new Set()
  const isHit = ({ from, to }: Word) => highlighted(text.slice(from, to), search).some((piece) => piece.isHit)
  return new Set(words.flatMap((word, index) => (isHit(word) ? [index] : [])))
}
