import { Area, LinePath } from '@visx/shape'
import type { CallBucket } from '@/types/dashboard'
import type { Scales } from './layout'
import type { Series } from './series'

interface LinesProps {
  buckets: readonly CallBucket[]
  series: readonly Series[]
  scales: Scales
}

/** With more points than this their dots would be a line themselves. */
const MAX_DOTS = 62

/** A line for each series, broken where there is nothing to tell; between the first two the ground is tinted. */
export function Lines({ buckets, series, scales: { x, y } }: LinesProps) {
  const across = ({ at }: CallBucket) => (x(at) ?? 0) + x.bandwidth() / 2
  const up = ({ value }: Series, bucket: CallBucket) => y(value(bucket) ?? 0)
  const [low, high] = series
  return (
    <>
      {low && high && (
        <Area
          data={[...buckets]}
          defined={(bucket) => low.value(bucket) !== null && high.value(bucket) !== null}
          x={across}
          y0={(bucket) => up(low, bucket)}
          y1={(bucket) => up(high, bucket)}
          className="fill-primary-soft opacity-60"
        />
      )}
      {series.map((line) => (
        <g key={line.label}>
          <LinePath
            data={[...buckets]}
            defined={(bucket) => line.value(bucket) !== null}
            x={across}
            y={(bucket) => up(line, bucket)}
            fill="none"
            strokeWidth={2}
            strokeLinejoin="round"
            className={line.mark}
          />
          {buckets.length <= MAX_DOTS &&
            buckets
              .filter((bucket) => line.value(bucket) !== null)
              .map((bucket) => (
                <circle
                  key={bucket.at}
                  cx={across(bucket)}
                  cy={up(line, bucket)}
                  r={3}
                  strokeWidth={2}
                  className={`fill-panel ${line.mark}`}
                />
              ))}
        </g>
      ))}
    </>
  )
}
