import { Bars } from './Bars'
import { HEIGHT, labelled, MARGIN, scalesOf, ticksOf } from './layout'
import { Lines } from './Lines'
import { peakOf, type Axis, type ChartKind, type Series } from './series'

interface PlotProps {
  kind: ChartKind
  series: readonly Series[]
  axis: Axis
  width: number
  /** The bucket that is looked at. */
  active: number | null
  /** The figures are counts: nothing lies between two of them. */
  whole: boolean
  tick: (value: number) => string
}

/** The drawing alone; whoever shows it says what it is. */
export function Plot({ kind, series, axis, width, active, whole, tick }: PlotProps) {
  const { buckets } = axis
  const peak = peakOf(kind, series, buckets)
  const scales = scalesOf(buckets, peak, width)
  const { x, y } = scales
  const activeAt = active === null ? undefined : buckets[active]?.at
  return (
    <svg width={width} height={HEIGHT} className="block" aria-hidden>
      {activeAt !== undefined && (
        <rect
          x={(x(activeAt) ?? 0) - (x.step() - x.bandwidth()) / 2}
          y={MARGIN.top}
          width={x.step()}
          height={HEIGHT - MARGIN.bottom - MARGIN.top}
          className="fill-sunken"
        />
      )}
      {ticksOf(scales, whole).map((value) => (
        <g key={value}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(value)}
            y2={y(value)}
            className="stroke-line"
          />
          <text
            x={MARGIN.left - 10}
            y={y(value)}
            dy="0.32em"
            textAnchor="end"
            className="figures fill-muted text-xs"
          >
            {/* Without anything to measure there is no scale either. */}
            {peak > 0 && tick(value)}
          </text>
        </g>
      ))}
      {labelled(buckets, width).map((index) => {
        const at = buckets[index]?.at ?? 0
        const isLast = index === buckets.length - 1 && buckets.length > 3
        return (
          <text
            key={at}
            x={isLast ? width - MARGIN.right : (x(at) ?? 0) + x.bandwidth() / 2}
            y={HEIGHT - 6}
            textAnchor={isLast ? 'end' : 'middle'}
            className="fill-muted text-xs"
          >
            {axis.short(at)}
          </text>
        )
      })}
      {kind === 'bars' ? (
        <Bars buckets={buckets} series={series} scales={scales} />
      ) : (
        <Lines buckets={buckets} series={series} scales={scales} />
      )}
    </svg>
  )
}
