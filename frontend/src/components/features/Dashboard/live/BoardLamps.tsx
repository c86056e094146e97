import { classes } from '@/components/common/classes'
import type { LiveState } from '@/types/dashboard'

/** The sockets of the board, lit or not. */
const JACKS = 8

/** One lamp for each call, as far as the board has sockets; it blinks where a caller waits. */
export function BoardLamps({ states }: { states: readonly LiveState[] }) {
  return (
    <span className="hidden gap-2 sm:flex" aria-hidden>
      {Array.from({ length: JACKS }, (_, place) => {
        const state = states[place]
        return (
          <span
            key={place}
            className="grid size-4 place-items-center rounded-full border border-board-muted/40 bg-board-raised"
          >
            <span
              className={classes(
                'size-2 rounded-full',
                state === undefined ? 'bg-board' : 'bg-lamp',
                state === 'thinking' && 'lamp-blinking',
              )}
            />
          </span>
        )
      })}
    </span>
  )
}
