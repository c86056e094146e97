import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useWidth } from '@/hooks/useWidth'
import { bucketAt } from './layout'
import { Legend } from './Legend'
import { Plot } from './Plot'
import { hasAnything, type Axis, type ChartKind, type Series } from './series'

interface ChartProps {
  title: string
  kind: ChartKind
  series: readonly Series[]
  axis: Axis
  whole: boolean
  format: (value: number | null) => string
  whenEmpty: string
}

/**
 * A chart that is read bucket by bucket, with a pointer or with the arrow keys. To a screen reader it is a slider
 * along the time, which says what there is at every place.
 */
export function Chart({ title, kind, series, axis, whole, format, whenEmpty }: ChartProps) {
  const { t } = useTranslation()
  const [ref, width] = useWidth()
  const [active, setActive] = useState<number | null>(null)
  const { buckets } = axis
  const last = buckets.length - 1
  const bucket = active === null ? undefined : buckets[active]
  const place = Math.min(active ?? last, last)

  const say = (index: number) => {
    const said = buckets[index]
    if (!said) return ''
    const figures = series.map(({ label, value }) => `${label} ${format(value(said))}`)
    return [axis.full(said.at), ...figures].join(', ')
  }
  const point = ({ clientX, currentTarget }: PointerEvent) =>
    setActive(bucketAt(clientX - currentTarget.getBoundingClientRect().left, width, buckets.length))
  const step = (event: KeyboardEvent) => {
    const next = NEXT[event.key]?.(place, last)
    if (next === undefined) return
    event.preventDefault()
    setActive(Math.min(last, Math.max(0, next)))
  }

  return (
    <>
      <Legend
        series={series}
        looked={bucket ? { name: axis.short(bucket.at), bucket } : null}
        format={format}
      />
      <div
        ref={ref}
        role="slider"
        tabIndex={0}
        aria-label={t('dashboard.charts.explore', { title })}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={place}
        aria-valuetext={say(place)}
        className="relative touch-pan-y rounded-sm"
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setActive(null)}
        onFocus={(event) => {
          if (event.target.matches(':focus-visible')) setActive(last)
        }}
        onBlur={() => setActive(null)}
        onKeyDown={step}
      >
        <Plot
          kind={kind}
          series={series}
          axis={axis}
          width={width}
          active={bucket ? active : null}
          whole={whole}
          tick={format}
        />
        {!hasAnything(kind, series, buckets) && (
          <p className="absolute inset-x-14 top-20 text-center text-sm text-muted">
            <span className="bg-panel px-2">{whenEmpty}</span>
          </p>
        )}
      </div>
    </>
  )
}

/** What the keys of a slider do. */
const NEXT: Record<string, (now: number, last: number) => number> = {
  ArrowLeft: (now) => now - 1,
  ArrowDown: (now) => now - 1,
  ArrowRight: (now) => now + 1,
  ArrowUp: (now) => now + 1,
  PageUp: (now) => now + 7,
  PageDown: (now) => now - 7,
  Home: () => 0,
  End: (_now, last) => last,
}
