import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ConversationView } from '@/components/conversation/ConversationView'
import { withdrawnDrafts } from '@/components/conversation/drafts'
import { Unheard } from '@/components/conversation/Words'
import { foldAll } from '@/conversation/fold'
import type { TimelineEntry } from '@/conversation/timeline'
import type { Turn } from '@/types'
import { Highlighted } from './list/Highlighted'
import type { Playback } from './playback/Playback'
import { SpokenWords } from './transcript/SpokenWords'
import { anchorsOf, wordsOf } from './transcript/wordTimes'

const NS_PER_S = 1_000_000_000

/** A turn of more words than anybody says in one go is shown as text only: so many elements would be slow. */
const MAX_WORDS = 2_000

interface TranscriptViewerProps {
  timeline: readonly TimelineEntry[]
  agentName: string
  /** What plays the recording; null if there is none, and times and words are text. */
  playback: Playback | null
  /** The search that led here: its words are marked, and the first one is shown. */
  search: string
}

/** What was said and heard in a call, folded from its timeline as the live call was. */
export function TranscriptViewer({ timeline, agentName, playback, search }: TranscriptViewerProps) {
  const { t } = useTranslation()
  const view = useMemo(() => foldAll(timeline), [timeline])
  const anchors = useMemo(() => anchorsOf(timeline), [timeline])
  const drafts = useMemo(() => withdrawnDrafts(timeline), [timeline])
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    box.current?.querySelector('[data-hit], mark')?.scrollIntoView({ block: 'center' })
  }, [search, playback])

  const wordsIn = (turn: Turn) => {
    const words = playback ? wordsOf(turn, anchors) : []
    if (playback && words.length <= MAX_WORDS)
      return <SpokenWords turn={turn} words={words} playback={playback} search={search} />
    return (
      <p dir="auto" className="wrap-anywhere whitespace-pre-line">
        <Highlighted text={turn.heard} search={search} />
        <Unheard words={turn.content.slice(turn.heard.length)} />
      </p>
    )
  }
  if (view.items.length === 0) return <p className="text-sm text-muted">{t('transcript.empty')}</p>
  return (
    <div ref={box}>
      <ConversationView
        view={view}
        callerName={t('roles.caller')}
        agentName={agentName}
        drafts={drafts}
        words={wordsIn}
        {...(playback && { onSeek: (at: number) => playback.playFrom(at / NS_PER_S) })}
      />
    </div>
  )
}
