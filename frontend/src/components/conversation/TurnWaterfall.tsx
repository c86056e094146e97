import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { segmentsOf, voiceToVoiceMs } from '@/conversation/latency'
import { useFormat } from '@/hooks/useFormat'
import type { Wait } from '@/conversation/view'
import type { TurnLatency } from '@/types'
import { roundedParts } from './rounding'
import { SEGMENT_COLOURS } from './segmentColours'

interface TurnWaterfallProps {
  latency: TurnLatency
  /** What was waited from; after written words there is neither a pause nor a transcript. */
  since?: Wait['since']
  /** How long before the end of the pause the answer was begun; shown beside the sum, as nobody waited for it. */
  headStartMs?: number
}

const OF_VOICE: readonly (keyof TurnLatency)[] = ['pause_ms', 'transcript_ms']

/** Where every millisecond of an answer went: six segments end to end, their owners, and the total. */
export function TurnWaterfall({ latency, since = 'voice', headStartMs = 0 }: TurnWaterfallProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const total = voiceToVoiceMs(latency)
  const segments = segmentsOf(latency).filter(({ key }) => since === 'voice' || !OF_VOICE.includes(key))
  const figures = roundedParts(segments.map(({ ms }) => ms))
  const inMs = (ms: number) => t('common.milliseconds', { value: format.number(ms) })
  return (
    <div className="text-sm">
      <ol aria-label={t('latency.breakdown')} className="space-y-2.5">
        {segments.map(({ key, owner, ms, offset_ms }, index) => (
          <li key={key}>
            <div className="flex items-baseline gap-2">
              <span className="whitespace-nowrap">{t(`latency.segments.${key}`)}</span>
              <span className="min-w-0 truncate text-xs text-muted">{t(`latency.owners.${owner}`)}</span>
              <span className={classes('figures ml-auto whitespace-nowrap', ms < 0.5 && 'text-muted')}>
                {inMs(figures[index] ?? 0)}
              </span>
            </div>
            <div className="mt-1 h-1.5 rounded-full bg-sunken" aria-hidden>
              <div
                className={classes('h-full min-w-0.5 rounded-full', SEGMENT_COLOURS[key])}
                style={{ marginLeft: percent(offset_ms, total), width: percent(ms, total) }}
              />
            </div>
          </li>
        ))}
      </ol>
      <p className="mt-3 flex items-baseline justify-between border-t border-line pt-2.5 font-semibold">
        <span>{t(`latency.totals.${since}`)}</span>
        <span className="figures">{inMs(Math.round(total))}</span>
      </p>
      {headStartMs >= 1 && <HeadStart latency={latency} ms={headStartMs} />}
    </div>
  )
}

/** The work done ahead: it ends where the turn was found to be over, and takes nothing from the sum. */
function HeadStart({ latency, ms }: { latency: TurnLatency; ms: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const total = voiceToVoiceMs(latency)
  const turnOver = latency.pause_ms + latency.transcript_ms
  const begin = Math.max(0, turnOver - ms)
  return (
    <div className="mt-2.5">
      <p className="text-xs text-muted">{t('latency.headStart', { time: format.latency(ms) })}</p>
      <div className="mt-1 h-1.5 rounded-full bg-sunken" aria-hidden>
        <div
          className="h-full min-w-0.5 rounded-full border border-dashed border-segment-llm"
          style={{ marginLeft: percent(begin, total), width: percent(turnOver - begin, total) }}
        />
      </div>
    </div>
  )
}

/** The same in one line; `scaleMs` is what the full width stands for, so that turns can be compared. */
export function LatencyBar({ latency, scaleMs }: { latency: TurnLatency; scaleMs: number }) {
  return (
    <span className="flex h-1.5 flex-1 gap-px overflow-hidden" aria-hidden>
      {segmentsOf(latency).map(({ key, ms }) => (
        <span
          key={key}
          className={classes('h-full first:rounded-l-full last:rounded-r-full', SEGMENT_COLOURS[key])}
          style={{ width: percent(ms, scaleMs) }}
        />
      ))}
    </span>
  )
}

function percent(part: number, whole: number): string {
  return `${whole <= 0 ? 0 : (100 * part) / whole}%`
}
