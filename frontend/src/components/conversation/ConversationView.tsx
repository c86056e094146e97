import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { voiceToVoiceMs } from '@/conversation/latency'
import {
  waitsOf,
  type CallerDraft,
  type ConversationView as View,
  type Item,
  type ReplyDraft,
} from '@/conversation/view'
import type { Turn, TurnLatency } from '@/types'
import type { DraftsByReply } from './drafts'
import { LongText } from './LongText'
import { Asides, NoteText } from './NoteLine'
import { SpeechRow } from './SpeechRow'
import { TypedSign } from './TypedSign'
import { TurnLatencyDetails } from './TurnLatencyDetails'
import { Words } from './Words'

/** A latency bar of full width stands for at least this, so that quick answers look quick. */
const MIN_SCALE_MS = 2_000

interface ConversationViewProps {
  view: View
  callerName: string
  agentName: string
  /** Makes the times buttons; called with nanoseconds since the call began. */
  onSeek?: (at: number) => void
  /** Draws the words of a turn in another way than `Words`. */
  words?: (turn: Turn) => ReactNode
  /** What was begun and withdrawn before each answer. */
  drafts?: DraftsByReply
}

/** A conversation as it stands, live or past: turns in order, then what is being said right now. */
export function ConversationView(props: ConversationViewProps) {
  const { view, callerName, agentName, onSeek, words, drafts } = props
  const scaleMs = Math.max(MIN_SCALE_MS, ...waitsOf(view).map(({ latency }) => voiceToVoiceMs(latency)))
  return (
    <ol className="space-y-5">
      {view.items.map((item) => (
        <ItemRow
          key={item.key}
          item={item}
          names={{ callerName, agentName }}
          scaleMs={scaleMs}
          onSeek={onSeek}
          words={words}
          drafts={drafts}
        />
      ))}
      {view.reply?.cut === true && <ReplyRow reply={view.reply} name={agentName} scaleMs={scaleMs} />}
      {view.caller && hasWords(view.caller) && <CallerRow draft={view.caller} name={callerName} />}
      {view.reply?.cut === false && <ReplyRow reply={view.reply} name={agentName} scaleMs={scaleMs} />}
    </ol>
  )
}

interface ItemRowProps {
  item: Item
  names: { callerName: string; agentName: string }
  scaleMs: number
  onSeek: ((at: number) => void) | undefined
  words: ((turn: Turn) => ReactNode) | undefined
  drafts: DraftsByReply | undefined
}

function ItemRow({ item, names, scaleMs, onSeek, words, drafts }: ItemRowProps) {
  const { t } = useTranslation()
  if ('note' in item) {
    return (
      <li className="pl-[3.5rem] text-sm text-muted sm:pl-16">
        <NoteText note={item.note} />
      </li>
    )
  }
  const { turn, replyKind, headStartMs, writtenLatency, typed, asides } = item
  return (
    <SpeechRow
      role={turn.role}
      speaker={turn.role === 'caller' ? names.callerName : names.agentName}
      at={turn.started_at}
      onSeek={onSeek}
      badge={
        <>
          {typed && <TypedSign />}
          {replyKind !== null && replyKind !== 'answer' && (
            <Badge>{t(`transcript.kinds.${replyKind}`)}</Badge>
          )}
          {turn.interrupted && <Badge tone="warning">{t('transcript.interrupted')}</Badge>}
        </>
      }
    >
      {words ? words(turn) : <Words content={turn.content} heard={turn.heard} />}
      <Asides notes={asides} />
      {turn.latency && (
        <TurnLatencyDetails
          latency={turn.latency}
          headStartMs={headStartMs}
          scaleMs={scaleMs}
          drafts={drafts?.get(turn.reply_id ?? -1) ?? []}
        />
      )}
      {!turn.latency && writtenLatency && <WordsLatency latency={writtenLatency} scaleMs={scaleMs} />}
    </SpeechRow>
  )
}

function CallerRow({ draft, name }: { draft: CallerDraft; name: string }) {
  return (
    <SpeechRow role="caller" speaker={name} at={draft.since} badge={draft.typed && <TypedSign />}>
      <p dir="auto" className="wrap-anywhere">
        <LongText text={draft.finals} />{' '}
        <span className="text-muted italic">
          <LongText text={draft.partial} />
        </span>
      </p>
    </SpeechRow>
  )
}

/**
 * Words not heard yet are pale while they may still be heard, struck through once the reply was cut. What
 * nobody may ever hear is not shown.
 */
function ReplyRow({ reply, name, scaleMs }: { reply: ReplyDraft; name: string; scaleMs: number }) {
  const { t } = useTranslation()
  if (reply.speculative || reply.generated === '') return null
  return (
    <SpeechRow
      role="agent"
      speaker={name}
      at={reply.startedAt}
      badge={reply.held && <Badge tone="warning">{t('state.held')}</Badge>}
    >
      {reply.cut ? (
        <Words content={reply.generated} heard={reply.heard} />
      ) : (
        <p className="whitespace-pre-line">
          {reply.heard}
          <span className="text-muted">{reply.generated.slice(reply.heard.length)}</span>
        </p>
      )}
      <Asides notes={reply.asides} />
      {reply.latency && (
        <TurnLatencyDetails latency={reply.latency} headStartMs={reply.headStartMs} scaleMs={scaleMs} />
      )}
      {!reply.latency && reply.writtenLatency && (
        <WordsLatency latency={reply.writtenLatency} scaleMs={scaleMs} />
      )}
    </SpeechRow>
  )
}

function WordsLatency({ latency, scaleMs }: { latency: TurnLatency; scaleMs: number }) {
  return <TurnLatencyDetails latency={latency} since="words" headStartMs={0} scaleMs={scaleMs} />
}

function hasWords({ finals, partial }: CallerDraft): boolean {
  return finals !== '' || partial !== ''
}
