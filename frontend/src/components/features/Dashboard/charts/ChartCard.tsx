import { ChartNoAxesColumn, Table2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { Chart } from './Chart'
import { ChartTable } from './ChartTable'
import type { Axis, ChartKind, Series } from './series'

interface ChartCardProps {
  title: string
  kind: ChartKind
  series: readonly Series[]
  axis: Axis
  whole?: boolean
  format: (value: number) => string
  /** What to say of a bucket without this figure. */
  nothing: string
  whenEmpty: string
}

/** A chart with the same as a table behind a button. */
export function ChartCard({ title, format, nothing, whole = false, ...chart }: ChartCardProps) {
  const { t } = useTranslation()
  const [isTable, setTable] = useState(false)
  const say = (value: number | null) => (value === null ? nothing : format(value))
  const Icon = isTable ? ChartNoAxesColumn : Table2
  const label = isTable ? t('dashboard.charts.asChart') : t('dashboard.charts.asTable')
  return (
    <Card
      title={title}
      aside={
        <Button
          tone="quiet"
          size="icon"
          className="-my-2 -mr-2 self-center"
          aria-label={`${title}: ${label}`}
          title={label}
          onClick={() => setTable(!isTable)}
        >
          <Icon className="size-4" aria-hidden />
        </Button>
      }
    >
      <div className="h-65 sm:h-60">
        {isTable ? (
          <ChartTable title={title} series={chart.series} axis={chart.axis} format={say} />
        ) : (
          <Chart title={title} whole={whole} format={say} {...chart} />
        )}
      </div>
    </Card>
  )
}
