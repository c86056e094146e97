import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { TILE_GRID, TILE_HEIGHT } from './tileGrid'

const TILES = 8
const CHARTS = 6

/** As large as what comes in its place, so that nothing jumps. */
export function FiguresLoading() {
  const { t } = useTranslation()
  return (
    <div className="space-y-5">
      <p role="status" className="sr-only">
        {t('dashboard.loading')}
      </p>
      <div className={TILE_GRID} aria-hidden>
        {Array.from({ length: TILES }, (_, place) => (
          <div key={place} className={classes(TILE_HEIGHT, 'space-y-3 bg-panel p-4 sm:px-5')}>
            <Blank className="h-4 w-20" />
            <Blank className="h-6 w-16" />
          </div>
        ))}
      </div>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,23rem),1fr))] gap-5" aria-hidden>
        {Array.from({ length: CHARTS }, (_, place) => (
          <div
            key={place}
            className="h-83.5 sm:h-82.5 rounded-lg border border-line bg-panel p-6 shadow-raised"
          >
            <Blank className="h-5 w-40" />
          </div>
        ))}
      </div>
    </div>
  )
}

function Blank({ className }: { className: string }) {
  return <div className={`rounded-sm bg-sunken motion-safe:animate-pulse ${className}`} />
}
