/** A timeline as lines to be read one by one: each event, and each effect it had. */
import type { TimelineEffect, TimelineEntry, TimelineEvent } from '@/conversation/timeline'
import { voiceToVoiceMs } from '@/conversation/latency'

/** `words` are partial transcripts and what was heard so far: many, and seldom wanted. */
export type LineGroup = 'line' | 'caller' | 'reply' | 'playout' | 'turns' | 'engines' | 'words'

export const LINE_GROUPS: readonly LineGroup[] = [
  'line',
  'caller',
  'reply',
  'playout',
  'turns',
  'engines',
  'words',
]

type Fact = TimelineEvent | TimelineEffect

export interface EventLine {
  key: string
  /** Nanoseconds since the call began. */
  at: number
  group: LineGroup
  fact: Fact
  /** What is quoted in it: somebody's words, an engine's or a code's name. */
  quoted: string
  /** What it measured, in milliseconds. */
  ms: number | null
}

const GROUPS: Record<Fact['type'], LineGroup> = {
  call_started: 'line',
  media_stalled: 'line',
  media_resumed: 'line',
  caller_left: 'line',
  end_call_requested: 'line',
  hang_up_requested: 'line',
  hang_up: 'line',
  answerer_detected: 'line',
  transfer_requested: 'line',
  transfer_call: 'line',
  transfer_failed: 'line',
  hold_requested: 'line',
  deadline_reached: 'line',
  unknown: 'line',
  speech_started: 'caller',
  speech_stopped: 'caller',
  final_transcript: 'caller',
  text_typed: 'caller',
  key_pressed: 'caller',
  transcript_settled: 'caller',
  finalize_transcript: 'caller',
  partial_transcript: 'words',
  heard: 'words',
  start_reply: 'reply',
  release_reply: 'reply',
  cancel_reply: 'reply',
  first_token_received: 'reply',
  clause_generated: 'reply',
  filler_queued: 'reply',
  play_filler: 'reply',
  first_audio_received: 'reply',
  reply_ended: 'reply',
  publish_latency: 'reply',
  playout_started: 'playout',
  playout_drained: 'playout',
  playout_flushed: 'playout',
  hold_playout: 'playout',
  resume_playout: 'playout',
  flush_playout: 'playout',
  commit_turn: 'turns',
  engine_failed: 'engines',
  transcription_failed: 'engines',
  reply_failed: 'engines',
}

export function linesOf(timeline: readonly TimelineEntry[]): EventLine[] {
  return timeline.flatMap(({ seq, event, effects }) =>
    [event, ...effects].map((fact: Fact, index) => ({
      key: `${seq}.${index}`,
      at: event.at,
      group: GROUPS[fact.type],
      fact,
      quoted: quotedOf(fact),
      ms: measuredBy(fact),
    })),
  )
}

/** Keep the lines of these groups that quote `search`, whatever its case. */
export function filtered(
  lines: readonly EventLine[],
  groups: ReadonlySet<LineGroup>,
  search: string,
): EventLine[] {
  const wanted = search.trim().toLowerCase()
  return lines.filter(
    ({ group, quoted }) => groups.has(group) && (wanted === '' || quoted.toLowerCase().includes(wanted)),
  )
}

function quotedOf(fact: Fact): string {
  switch (fact.type) {
    case 'partial_transcript':
    case 'final_transcript':
    case 'text_typed':
    case 'clause_generated':
    case 'filler_queued':
    case 'heard':
      return fact.text
    case 'key_pressed':
      return fact.key
    case 'answerer_detected':
      return fact.answerer
    case 'transfer_requested':
    case 'transfer_call':
      return [fact.destination, fact.summary].filter((part) => part !== '').join(': ')
    case 'playout_flushed':
      return fact.heard
    case 'commit_turn':
      return fact.turn.content
    case 'transcription_failed':
    case 'transfer_failed':
    case 'reply_failed':
      return fact.code
    case 'engine_failed':
      return [`${fact.engine}: ${fact.code}`, fact.successor].filter((part) => part !== '').join(' → ')
    default:
      return ''
  }
}

function measuredBy(fact: Fact): number | null {
  if (fact.type === 'speech_stopped') return fact.voiced_ms
  return fact.type === 'publish_latency' ? voiceToVoiceMs(fact.latency) : null
}
