import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { useFormat } from '@/hooks/useFormat'
import type { Campaign, OutboundStatus } from '@/types/telephony'

/** In the order of a call's life, each with its colours as bar and as key. */
const PARTS: readonly { status: OutboundStatus; fill: string; key: string }[] = [
  { status: 'completed', fill: 'fill-primary', key: 'bg-primary' },
  { status: 'live', fill: 'fill-lamp', key: 'bg-lamp' },
  { status: 'ringing', fill: 'fill-caller', key: 'bg-caller' },
  { status: 'dialling', fill: 'fill-caller', key: 'bg-caller' },
  { status: 'busy', fill: 'fill-agent', key: 'bg-agent' },
  { status: 'no-answer', fill: 'fill-agent', key: 'bg-agent' },
  { status: 'failed', fill: 'fill-danger-fill', key: 'bg-danger-fill' },
  { status: 'refused', fill: 'fill-danger-fill', key: 'bg-danger-fill' },
  { status: 'cancelled', fill: 'fill-line-strong', key: 'bg-line-strong' },
  { status: 'scheduled', fill: 'fill-line', key: 'bg-line' },
]

/** How many of a campaign's calls have come how far. */
export function CampaignProgress({ campaign, isBrief = false }: { campaign: Campaign; isBrief?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { counts, total } = campaign
  const present = PARTS.flatMap((part) => {
    const calls = counts[part.status] ?? 0
    return calls === 0 ? [] : [{ ...part, calls }]
  })
  const waiting = counts.scheduled ?? 0
  return (
    <div>
      <svg className="block h-2.5 w-full rounded-full bg-line" aria-hidden>
        {present.map(({ status, fill, calls }, n) => {
          const before = present.slice(0, n).reduce((sum, part) => sum + part.calls, 0)
          return (
            <rect
              key={status}
              x={`${(before / total) * 100}%`}
              width={`${(calls / total) * 100}%`}
              height="100%"
              className={fill}
            />
          )
        })}
      </svg>
      {isBrief ? (
        <p className="mt-1.5 text-sm text-muted">
          {t('campaigns.progress', { done: format.number(total - waiting), total: format.number(total) })}
        </p>
      ) : (
        <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-sm">
          {present.map(({ status, key, calls }) => (
            <li key={status} className="flex items-center gap-2">
              <span className={classes('size-2.5 rounded-full', key)} aria-hidden />
              <span className="text-muted">{t(`outbound.statuses.${status}`)}</span>
              <span className="figures">{format.number(calls)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
