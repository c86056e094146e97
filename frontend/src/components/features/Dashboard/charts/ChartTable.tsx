import { useTranslation } from 'react-i18next'
import type { Axis, Series } from './series'

interface ChartTableProps {
  title: string
  series: readonly Series[]
  axis: Axis
  format: (value: number | null) => string
}

/** What a chart shows, in figures; newest first. */
export function ChartTable({ title, series, axis, format }: ChartTableProps) {
  const { t } = useTranslation()
  return (
    <div role="region" aria-label={title} tabIndex={0} className="h-full overflow-auto rounded-sm">
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-panel text-left text-xs text-muted">
          <tr>
            <th scope="col" className="py-1.5 pr-3 font-medium">
              {t('dashboard.charts.when')}
            </th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="py-1.5 pl-3 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {axis.buckets.toReversed().map((bucket) => (
            <tr key={bucket.at} className="border-t border-line">
              <th scope="row" className="py-1.5 pr-3 text-left font-normal whitespace-nowrap">
                {axis.full(bucket.at)}
              </th>
              {series.map(({ label, value }) => (
                <td key={label} className="figures py-1.5 pl-3 text-right whitespace-nowrap">
                  {format(value(bucket))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
