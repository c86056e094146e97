import { classes } from '@/components/common/classes'
import type { CallBucket } from '@/types/dashboard'
import type { Series } from './series'

interface LegendProps {
  series: readonly Series[]
  /** The bucket that is looked at, by name; its figures stand beside the legend. */
  looked: { name: string; bucket: CallBucket } | null
  format: (value: number | null) => string
}

/** What the marks mean and, of the bucket that is looked at, how much it is. The plot below stays where it is. */
export function Legend({ series, looked, format }: LegendProps) {
  return (
    <p
      className="mb-2 flex min-h-11 flex-wrap content-start items-center sm:min-h-6 gap-x-4 text-xs text-muted"
      aria-hidden
    >
      {looked && <span className="font-medium text-ink">{looked.name}</span>}
      {series.map(({ label, value, swatch }) => (
        <span key={label} className="inline-flex items-center gap-1.5">
          <span className={classes('inline-block', swatch)} />
          {label}
          {looked && <span className="figures text-ink">{format(value(looked.bucket))}</span>}
        </span>
      ))}
    </p>
  )
}
