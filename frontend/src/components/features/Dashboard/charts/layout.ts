/** CSS pixels of a plot, and where its scales lie. */
import { scaleBand, scaleLinear } from '@visx/scale'
import type { CallBucket } from '@/types/dashboard'

export const HEIGHT = 208
export const MARGIN = { top: 10, right: 2, bottom: 26, left: 52 } as const

const TICKS = 3
/** What a label below the axis takes. */
const LABEL_WIDTH = 68

/** Return the scales of a plot of this width. */
export function scalesOf(buckets: readonly CallBucket[], peak: number, width: number) {
  const x = scaleBand({
    domain: buckets.map(({ at }) => at),
    range: [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)],
    paddingInner: 0.25,
    paddingOuter: 0.15,
  })
  const y = scaleLinear({
    domain: [0, peak > 0 ? peak : 1],
    range: [HEIGHT - MARGIN.bottom, MARGIN.top],
    nice: TICKS,
  })
  return { x, y }
}

export type Scales = ReturnType<typeof scalesOf>

/** Return where grid lines go; `whole` leaves out what is between two whole numbers. */
export function ticksOf({ y }: Scales, whole: boolean): number[] {
  return y.ticks(TICKS).filter((tick) => !whole || Number.isInteger(tick))
}

/** Return the buckets that get a label, as many as there is room for, evenly spaced; the last one always. */
export function labelled(buckets: readonly CallBucket[], width: number): number[] {
  const room = Math.max(1, Math.floor((width - MARGIN.left) / LABEL_WIDTH))
  const every = Math.max(1, Math.ceil(buckets.length / room))
  const last = buckets.length - 1
  return buckets.flatMap((_, index) => ((last - index) % every === 0 ? [index] : []))
}

/** Return the bucket below a pointer, `across` pixels from the left of the plot. */
export function bucketAt(across: number, width: number, count: number): number {
  const part = (across - MARGIN.left) / Math.max(1, width - MARGIN.left - MARGIN.right)
  return Math.min(count - 1, Math.max(0, Math.floor(part * count)))
}
