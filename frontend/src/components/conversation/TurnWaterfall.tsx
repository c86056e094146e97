import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { segmentsOf, voiceToVoiceMs } from '@/conversation/latency'
import { useFormat } from '@/hooks/useFormat'
import type { TurnLatency } from '@/types'
import { SEGMENT_COLOURS } from './segmentColours'

/** Where every millisecond of an answer went: six segments end to end, their owners, and the total. */
export function TurnWaterfall({ latency }: { latency: TurnLatency }) {
  const { t } = useTranslation()
  const format = useFormat()
  const total = voiceToVoiceMs(latency)
  return (
    <div className="text-sm">
      <ol aria-label={t('latency.breakdown')} className="space-y-2.5">
        {segmentsOf(latency).map(({ key, owner, ms, offset_ms }) => (
          <li key={key}>
            <div className="flex items-baseline gap-2">
              <span className="whitespace-nowrap">{t(`latency.segments.${key}`)}</span>
              <span className="min-w-0 truncate text-xs text-muted">{t(`latency.owners.${owner}`)}</span>
              <span className={classes('figures ml-auto whitespace-nowrap', ms < 0.5 && 'text-muted')}>
                {format.latency(ms)}
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
        <span>{t('latency.total')}</span>
        <span className="figures">{format.latency(total)}</span>
      </p>
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
