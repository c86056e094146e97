import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { CallFigures, CallStats, StatsQuery } from '@/types/dashboard'
import { useDashboardFormat } from '../useDashboardFormat'
import { ChartCard } from './ChartCard'
import type { Axis, Series } from './series'

const BAR = 'size-2.5 rounded-[2px]'
const LINE = 'w-4 border-t-2'

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
    {
      label: t('dashboard.series.completed'),
      value: ({ completed }) => completed,
      mark: 'fill-primary',
      swatch: `${BAR} bg-primary`,
    },
    {
      label: t('dashboard.series.failed'),
      value: ({ failed }) => failed,
      mark: 'fill-danger',
      swatch: `${BAR} bg-danger`,
    },
  ]
  if (liveOf(stats.totals) > 0) {
    calls.push({
      label: t('dashboard.series.live'),
      value: liveOf,
      mark: 'fill-lamp',
      swatch: `${BAR} bg-lamp`,
    })
  }
  const latency: Series[] = [
    {
      label: t('dashboard.series.median'),
      value: ({ v2v_p50_ms }) => v2v_p50_ms,
      mark: 'stroke-primary',
      swatch: `${LINE} border-primary`,
    },
    {
      label: t('dashboard.series.tail'),
      value: ({ v2v_p95_ms }) => v2v_p95_ms,
      mark: 'stroke-agent [stroke-dasharray:5_4] [&:is(circle)]:[stroke-dasharray:none]',
      swatch: `${LINE} border-dashed border-agent`,
    },
  ]
  const interruptions: Series[] = [
    {
      label: t('dashboard.series.interruptions'),
      value: (figures) => figures.interruptions,
      mark: 'fill-caller',
      swatch: `${BAR} bg-caller`,
    },
  ]
  const deadAir: Series[] = [
    {
      label: t('dashboard.series.deadAir'),
      value: ({ dead_air_ms }) => dead_air_ms,
      mark: 'fill-agent',
      swatch: `${BAR} bg-agent`,
    },
  ]
  const engines: Series[] = [
    {
      label: t('dashboard.series.fallbacks'),
      value: ({ fallbacks }) => fallbacks,
      mark: 'fill-segment-tts',
      swatch: `${BAR} bg-segment-tts`,
    },
    {
      label: t('dashboard.series.unanswered'),
      value: ({ engine_failures, fallbacks }) => Math.max(0, engine_failures - fallbacks),
      mark: 'fill-danger',
      swatch: `${BAR} bg-danger`,
    },
  ]
  const common = { axis, nothing: t('dashboard.noTurns') }
  return (
    <div className="grid gap-5 lg:grid-cols-2">
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
