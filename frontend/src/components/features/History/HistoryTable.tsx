import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { useFormat } from '@/hooks/useFormat'
import type { CallSummary } from '@/types/calls'
import { CallMarks } from './list/CallMarks'
import { CallRemarks } from './list/CallRemarks'
import { otherSide } from './list/otherSide'
import type { Filters } from './list/filters'
import { SortHeader } from './list/SortHeader'
import type { ChangeFilters } from './list/useFilters'
import { Party } from './Party'

const EDGES = 'first:pl-4 last:pr-4 @4xl:first:pl-6 @4xl:last:pr-6'
const HEAD = `px-3 py-2 text-left text-xs font-medium whitespace-nowrap text-muted ${EDGES}`
const CELL = `px-3 py-3 align-top ${EDGES}`
const FIGURE = `${CELL} figures text-right`

interface HistoryTableProps {
  calls: readonly CallSummary[]
  filters: Filters
  onChange: ChangeFilters
}

/** Calls in a table whose columns sort. The whole row opens the call; the link is in its first cell. */
export function HistoryTable({ calls, filters, onChange }: HistoryTableProps) {
  const { t } = useTranslation()
  const sorting = { filters, onChange }
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{t('calls.title')}</caption>
      <thead>
        <tr className="border-b border-line">
          <SortHeader {...sorting} by="started_at" label={t('calls.columns.started')} className={HEAD} />
          <th scope="col" className={`${HEAD} w-1/4`}>
            {t('calls.columns.agent')}
          </th>
          <th scope="col" className={HEAD}>
            {t('calls.columns.status')}
          </th>
          <SortHeader
            {...sorting}
            by="duration_ms"
            label={t('calls.columns.duration')}
            className={`${HEAD} text-right`}
          />
          <th scope="col" className={`${HEAD} hidden text-right @4xl:table-cell`}>
            {t('calls.columns.turns')}
          </th>
          <th scope="col" className={`${HEAD} hidden text-right @4xl:table-cell`}>
            {t('calls.columns.interruptions')}
          </th>
          <SortHeader
            {...sorting}
            by="voice_to_voice_ms"
            label={t('calls.columns.latency')}
            className={`${HEAD} text-right`}
          />
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <CallRow key={call.id} call={call} search={filters.q} />
        ))}
      </tbody>
    </table>
  )
}

function CallRow({ call, search }: { call: CallSummary; search: string }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const address = useLocation().search
  const when = format.dateTime(call.started_at)
  const { duration_ms: duration, median_voice_to_voice_ms: median, end_cause: cause } = call
  return (
    <tr className="relative border-b border-line last:border-0 hover:bg-sunken">
      <td className={CELL}>
        <Link
          to={{ pathname: `/calls/${call.id}`, search: address }}
          aria-label={t('calls.open', { agent: call.agent.name, when })}
          className="font-medium whitespace-nowrap after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-primary"
        >
          {when}
        </Link>
        <CallRemarks call={call} search={search} />
      </td>
      <td className={`${CELL} min-w-32 wrap-anywhere`}>
        <bdi>{call.agent.name}</bdi>
        <span className="block text-xs text-muted">{t(`calls.directions.${call.direction}`)}</span>
        {otherSide(call) !== '' && (
          <span className="block text-xs text-muted">
            <Party number={otherSide(call)} />
          </span>
        )}
      </td>
      <td className={CELL}>
        <CallMarks call={call} />
        {cause !== null && (
          <span className="mt-1 block text-xs text-muted">
            {i18n.exists(`call.causes.${cause}`) ? t(`call.causes.${cause}`) : cause}
          </span>
        )}
      </td>
      <td className={FIGURE}>{duration === null ? '–' : format.duration(duration)}</td>
      <td className={`${FIGURE} hidden @4xl:table-cell`}>{format.number(call.turns)}</td>
      <td className={`${FIGURE} hidden @4xl:table-cell`}>{format.number(call.interruptions)}</td>
      <td className={FIGURE}>{median === null ? '–' : format.latency(median)}</td>
    </tr>
  )
}
