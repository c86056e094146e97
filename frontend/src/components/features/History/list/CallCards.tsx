import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { useFormat } from '@/hooks/useFormat'
import type { CallSummary } from '@/types/calls'
import { Party } from '../Party'
import { CallMarks } from './CallMarks'
import { CallRemarks } from './CallRemarks'
import { otherSide } from './otherSide'

/** The same calls where a table has no room: a card for each, all of it opens the call. */
export function CallCards({ calls, search }: { calls: readonly CallSummary[]; search: string }) {
  const { t } = useTranslation()
  return (
    <ul aria-label={t('calls.title')}>
      {calls.map((call) => (
        <CallCard key={call.id} call={call} search={search} />
      ))}
    </ul>
  )
}

function CallCard({ call, search }: { call: CallSummary; search: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const address = useLocation().search
  const when = format.dateTime(call.started_at)
  const { duration_ms: duration, median_voice_to_voice_ms: median } = call
  return (
    <li className="relative border-b border-line p-4 last:border-0 active:bg-sunken">
      <div className="flex items-baseline justify-between gap-3">
        <Link
          to={{ pathname: `/calls/${call.id}`, search: address }}
          aria-label={t('calls.open', { agent: call.agent.name, when })}
          className="min-w-0 wrap-anywhere font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-primary"
        >
          <bdi>{call.agent.name}</bdi>
        </Link>
        <span className="shrink-0 text-sm text-muted">{when}</span>
      </div>
      <p className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-muted">
        {t(`calls.directions.${call.direction}`)}
        {otherSide(call) !== '' && <Party number={otherSide(call)} />}
      </p>
      <div className="mt-2 flex items-start justify-between gap-3">
        <CallMarks call={call} />
        <span className="figures shrink-0 text-right text-sm">
          {duration === null ? '–' : format.duration(duration)}
          {median !== null && <span className="block text-xs text-muted">{format.latency(median)}</span>}
        </span>
      </div>
      <CallRemarks call={call} search={search} />
    </li>
  )
}
