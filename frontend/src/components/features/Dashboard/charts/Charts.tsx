import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { CallFigures, CallStats, StatsQuery } from '@/types/dashboard'
import { useDashboardFormat } from '../useDashboardFormat'
import { ChartCard } from './ChartCard'
import { MARKS } from './marks'
import type { Axis, Series } from './series'

interface ChartsProps {
  stats: CallStats
  query: StatsQuery
  /** What completes the grid. */
  children: ReactNode
}

/** What the calls came to over time. */
export function Charts({ stats, query, children }: ChartsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { bucket, bucketInFull, seconds } = useDashboardFormat()
  const axis: Axis = {
    buckets: stats.buckets,
    short: (at) => bucket(at, query.bucket, query.utc_offset_min),
    full: (at) => bucketInFull(at, query.bucket, query.utc_offset_min),
  }
  const calls: Series[] = [
    { label: t('dashboard.series.completed'), value: ({ completed }) => completed, ...MARKS.completed },
    { label: t('dashboard.series.failed'), value: ({ failed }) => failed, ...MARKS.failed },
  ]
  if (liveOf(stats.totals) > 0) {
    calls.push({ label: t('dashboard.series.live'), value: liveOf, ...MARKS.live })
  }
  const latency: Series[] = [
    { label: t('dashboard.series.median'), value: ({ v2v_p50_ms }) => v2v_p50_ms, ...MARKS.median },
    { label: t('dashboard.series.tail'), value: ({ v2v_p95_ms }) => v2v_p95_ms, ...MARKS.tail },
  ]
  const interruptions: Series[] = [
    {
      label: t('dashboard.series.interruptions'),
      value: (figures) => figures.interruptions,
      ...MARKS.interruptions,
    },
  ]
  const deadAir: Series[] = [
    { label: t('dashboard.series.deadAir'), value: ({ dead_air_ms }) => dead_air_ms, ...MARKS.deadAir },
  ]
  const engines: Series[] = [
    { label: t('dashboard.series.fallbacks'), value: ({ fallbacks }) => fallbacks, ...MARKS.fallbacks },
    {
      label: t('dashboard.series.unanswered'),
      value: ({ engine_failures, fallbacks }) => Math.max(0, engine_failures - fallbacks),
      ...MARKS.failed,
    },
  ]
  const common = { axis, nothing: t('dashboard.noTurns') }
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,23rem),1fr))] gap-5">
      <ChartCard
        {...common}
        title={query.bucket === 'day' ? t('dashboard.charts.callsByDay') : t('dashboard.charts.callsByHour')}
        kind="bars"
        series={calls}
        whole
        format={format.number}
        whenEmpty={t('dashboard.noCalls')}
      />
      <ChartCard
        {...common}
        title={t('dashboard.charts.latency')}
        kind="lines"
        series={latency}
        format={format.latency}
        whenEmpty={t('dashboard.noTurns')}
      />
      <ChartCard
        {...common}
        title={t('dashboard.charts.interruptions')}
        kind="bars"
        series={interruptions}
        whole
        format={format.number}
        whenEmpty={t('dashboard.charts.noInterruptions')}
      />
      <ChartCard
        {...common}
        title={t('dashboard.charts.deadAir')}
        kind="bars"
        series={deadAir}
        format={seconds}
        whenEmpty={t('dashboard.charts.noDeadAir')}
      />
      <ChartCard
        {...common}
        title={t('dashboard.charts.engines')}
        kind="bars"
        series={engines}
        whole
        format={format.number}
        whenEmpty={t('dashboard.charts.noFailures')}
      />
      {children}
    </div>
  )
}

/** How many of some calls have not ended. */
function liveOf({ calls, completed, failed }: CallFigures): number {
  return calls - completed - failed
}
