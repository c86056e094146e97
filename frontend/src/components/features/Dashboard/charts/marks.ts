/** How series are drawn, and how their legends are: the tokens of both themes, written out for Tailwind to find. */
import type { Series } from './series'

type Mark = Pick<Series, 'mark' | 'swatch'>

const BAR = 'size-2.5 rounded-[2px]'
const LINE = 'w-4 border-t-2'

export const MARKS = {
  completed: { mark: 'fill-primary', swatch: `${BAR} bg-primary` },
  failed: { mark: 'fill-danger', swatch: `${BAR} bg-danger` },
  live: { mark: 'fill-lamp', swatch: `${BAR} bg-lamp` },
  interruptions: { mark: 'fill-caller', swatch: `${BAR} bg-caller` },
  deadAir: { mark: 'fill-agent', swatch: `${BAR} bg-agent` },
  fallbacks: { mark: 'fill-segment-tts', swatch: `${BAR} bg-segment-tts` },
  median: { mark: 'stroke-primary', swatch: `${LINE} border-primary` },
  tail: {
    mark: 'stroke-agent [stroke-dasharray:5_4] [&:is(circle)]:[stroke-dasharray:none]',
    swatch: `${LINE} border-dashed border-agent`,
  },
} as const satisfies Record<string, Mark>
