import type { CallBucket } from '@/types/dashboard'

/** One figure of all buckets. */
export interface Series {
  label: string
  /** Null where there is nothing to tell, which is not 0. */
  value: (bucket: CallBucket) => number | null
  /** How it is drawn: a fill for bars, a stroke for lines. */
  mark: string
  /** How its legend is drawn: a background or a border. */
  swatch: string
}

export type ChartKind = 'bars' | 'lines'

/** A chart's axis across, and the words for its buckets. */
export interface Axis {
  buckets: readonly CallBucket[]
  short: (at: number) => string
  full: (at: number) => string
}

/** Return the highest point that a chart of `kind` has to show. */
export function peakOf(kind: ChartKind, series: readonly Series[], buckets: readonly CallBucket[]): number {
  const values = (bucket: CallBucket) => series.map(({ value }) => value(bucket) ?? 0)
  const height = (bucket: CallBucket) =>
    kind === 'bars' ? values(bucket).reduce((sum, value) => sum + value, 0) : Math.max(...values(bucket))
  return Math.max(0, ...buckets.map(height))
}

/** Return whether any bucket has something to show. */
export function hasAnything(
  kind: ChartKind,
  series: readonly Series[],
  buckets: readonly CallBucket[],
): boolean {
  return buckets.some((bucket) =>
    series.some(({ value }) => {
      const shown = value(bucket)
      return shown !== null && (kind === 'lines' || shown > 0)
    }),
  )
}
