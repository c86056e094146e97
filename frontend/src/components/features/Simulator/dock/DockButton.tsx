import { Phone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { CallTimer } from '../CallTimer'
import { isInCall, visibleState } from '../line/simulatorState'
import { useCallState } from '../line/useCallLine'
import { DOCK_BUTTON_ID, DOCK_ID, useDock } from './useDock'

/** Where the button stands: on the switchboard at the side, in the header, or across the top of a phone in a call. */
export type DockPlace = 'board' | 'header' | 'strip'

/**
 * The line's lamp: opens and folds the simulator beside the page. While it is folded, it tells who is on the line,
 * and says it aloud when the call ends.
 */
export function DockButton({ place }: { place: DockPlace }) {
  const { t } = useTranslation()
  const state = useCallState()
  const { isOpen, toggle } = useDock()
  const inCall = isInCall(state)
  const isBroken = state.phase === 'over' && state.failure !== null && !isOpen
  const doing = visibleState(state)
  const waits = doing === 'connecting' || doing === 'thinking'
  return (
    <>
      <button
        id={DOCK_BUTTON_ID}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? DOCK_ID : undefined}
        onClick={toggle}
        className={classes(
          'flex items-center text-sm font-medium transition-colors focus-visible:outline-lamp',
          PLACES[place],
        )}
      >
        <span
          className={classes(
            'size-2.5 shrink-0 rounded-full',
            isBroken && 'bg-danger-fill',
            !isBroken && (inCall ? 'bg-lamp' : 'border-2 border-board-muted'),
            inCall && waits && 'lamp-blinking',
          )}
          aria-hidden
        />
        {inCall ? (
          <>
            <span className="min-w-0 truncate">
              <span className="sr-only">{t('talk.onTheLine')}</span> {state.agentName}
            </span>
            {state.liveSince !== null && (
              <span className="ml-auto" aria-hidden>
                <CallTimer
                  key={state.callId}
                  since={state.liveSince}
                  running={state.phase === 'live'}
                  tone="board"
                />
              </span>
            )}
          </>
        ) : (
          <>
            <span className={place === 'header' ? 'sr-only' : undefined}>
              {isBroken ? t('talk.broken') : t('talk.open')}
            </span>
            <Phone className="ml-auto size-4 shrink-0" aria-hidden />
          </>
        )}
      </button>
      <span role="status" className="sr-only">
        {state.phase === 'over' && !isOpen && (isBroken ? t('talk.broken') : t('state.ended'))}
      </span>
    </>
  )
}

const PLACES: Record<DockPlace, string> = {
  board:
    'w-full min-h-11 gap-3 rounded bg-board-raised px-3 py-2 text-left text-board-ink hover:text-board-ink',
  header: 'h-10 gap-2 rounded-full bg-board px-3 text-board-ink',
  strip: 'sticky top-0 z-30 w-full min-h-11 gap-3 bg-board px-4 text-left text-board-ink',
}
