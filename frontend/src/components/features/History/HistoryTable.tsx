import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/hooks/useFormat'
import type { CallSummary } from '@/types'
import { StatusBadge } from './StatusBadge'

const HEAD =
  'px-3 py-2.5 text-left text-xs font-medium text-muted first:pl-4 last:pr-4 sm:first:pl-6 sm:last:pr-6'
const CELL = 'px-3 py-3 first:pl-4 last:pr-4 sm:first:pl-6 sm:last:pr-6'

/** Calls, newest first. The whole row opens the call; the link is in its first cell. */
export function HistoryTable({ calls }: { calls: readonly CallSummary[] }) {
  const { t } = useTranslation()
  return (
    <table className="w-full text-sm">
      <thead>
        <tr className="border-b border-line">
          <th className={HEAD}>{t('calls.columns.started')}</th>
          <th className={`${HEAD} hidden sm:table-cell`}>{t('calls.columns.agent')}</th>
          <th className={HEAD}>{t('calls.columns.status')}</th>
          <th className={`${HEAD} text-right`}>{t('calls.columns.duration')}</th>
          <th className={`${HEAD} hidden text-right md:table-cell`}>{t('calls.columns.turns')}</th>
          <th className={`${HEAD} hidden text-right md:table-cell`}>{t('calls.columns.latency')}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <CallRow key={call.id} call={call} />
        ))}
      </tbody>
    </table>
  )
}

function CallRow({ call }: { call: CallSummary }) {
  const { t } = useTranslation()
  const format = useFormat()
  const when = format.dateTime(call.started_at)
  const { duration_ms: duration, median_voice_to_voice_ms: median } = call
  return (
    <tr className="relative border-b border-line last:border-0 hover:bg-sunken">
      <td className={CELL}>
        <Link
          to={`/calls/${call.id}`}
          aria-label={t('calls.open', { agent: call.agent.name, when })}
          className="font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-primary"
        >
          {when}
        </Link>
        <span className="block text-muted sm:hidden">{call.agent.name}</span>
      </td>
      <td className={`${CELL} hidden sm:table-cell`}>{call.agent.name}</td>
      <td className={CELL}>
        <StatusBadge status={call.status} />
      </td>
      <td className={`${CELL} figures text-right`}>{duration === null ? '–' : format.duration(duration)}</td>
      <td className={`${CELL} figures hidden text-right md:table-cell`}>{call.turns}</td>
      <td className={`${CELL} figures hidden text-right md:table-cell`}>
        {median === null ? '–' : format.latency(median)}
      </td>
    </tr>
  )
}
