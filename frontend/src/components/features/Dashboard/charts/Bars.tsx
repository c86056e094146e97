import { Bar } from '@visx/shape'
import type { CallBucket } from '@/types/dashboard'
import type { Scales } from './layout'
import type { Series } from './series'

interface BarsProps {
  buckets: readonly CallBucket[]
  series: readonly Series[]
  scales: Scales
}

/** Between two parts of a bar, so that they are told apart without colour. */
const GAP = 1.5
/** A part that is there can be seen. */
const MIN_HEIGHT = 2
const MAX_WIDTH = 36

/** A bar for each bucket, its series one on the other. */
export function Bars({ buckets, series, scales: { x, y } }: BarsProps) {
  const width = Math.min(MAX_WIDTH, x.bandwidth())
  return buckets.map((bucket) => {
    const left = (x(bucket.at) ?? 0) + (x.bandwidth() - width) / 2
    let below = 0
    return (
      <g key={bucket.at}>
        {series.map(({ label, value, mark }) => {
          const part = value(bucket) ?? 0
          if (part <= 0) return null
          const foot = y(below) - (below > 0 ? GAP : 0)
          below += part
          const height = Math.max(MIN_HEIGHT, foot - y(below))
          return (
            <Bar
              key={label}
              x={left}
              y={foot - height}
              width={width}
              height={height}
              rx={Math.min(2, width / 4)}
              className={mark}
            />
          )
        })}
      </g>
    )
  })
}
