import { classes } from '@/components/common/classes'
import { TILE_HEIGHT } from './tileGrid'

interface TileProps {
  label: string
  /** Null where there is nothing to tell, which `note` then explains. */
  value: string | null
  note: string
  /** Something a person should look into. */
  alarming?: boolean
}

/** One figure of the whole span, and what it is out of. */
export function Tile({ label, value, note, alarming = false }: TileProps) {
  return (
    <div className={classes(TILE_HEIGHT, 'flex flex-col bg-panel p-4 sm:px-5')}>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-1 flex flex-1 flex-col">
        <span className={classes('figures text-xl font-medium', alarming && 'text-danger')}>
          {value ?? <span aria-hidden>–</span>}
        </span>
        <span className="mt-auto pt-1 text-xs text-muted">{note}</span>
      </dd>
    </div>
  )
}
