import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/hooks/useFormat'
import type { CallDetail } from '@/types/calls'
import { CallMarks } from '../list/CallMarks'
import { Party } from '../Party'

/** A call in figures. */
export function CallFacts({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { duration_ms: duration, median_voice_to_voice_ms: median } = detail
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:grid-cols-3 lg:grid-cols-6">
      <Fact name={t('call.started')}>{format.dateTime(detail.started_at)}</Fact>
      {detail.caller !== '' && (
        <Fact name={t('call.caller')}>
          <Party number={detail.caller} />
        </Fact>
      )}
      {detail.called !== '' && (
        <Fact name={t('call.called')}>
          <Party number={detail.called} />
        </Fact>
      )}
      <Fact name={t('call.status')}>
        <CallMarks call={detail} />
        <span className="mt-1 block text-xs text-muted">
          {t(`calls.directions.${detail.direction}`)}
          {detail.carrier !== '' && ` ${t('call.by', { carrier: detail.carrier })}`}
        </span>
        {detail.continues !== null && (
          <Link to={`/calls/${detail.continues}`} className="mt-1 block text-xs underline underline-offset-4">
            {t('call.continues')}
          </Link>
        )}
      </Fact>
      <Fact name={t('call.duration')} isFigure>
        {duration === null ? '–' : format.duration(duration)}
      </Fact>
      <Fact name={t('call.medianLatency')} isFigure>
        {median === null ? '–' : format.latency(median)}
      </Fact>
      <Fact name={t('calls.columns.turns')} isFigure>
        {format.number(detail.turns)}
      </Fact>
      <Fact name={t('calls.columns.interruptions')} isFigure>
        {format.number(detail.interruptions)}
      </Fact>
    </dl>
  )
}

function Fact({
  name,
  isFigure = false,
  children,
}: {
  name: string
  isFigure?: boolean
  children: ReactNode
}) {
  return (
    <div>
      <dt className="mb-0.5 text-xs text-muted">{name}</dt>
      <dd className={isFigure ? 'figures' : undefined}>{children}</dd>
    </div>
  )
}
