import { Maximize2, PanelRightClose } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button, buttonClasses } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import { DOCK_BUTTON_ID, DOCK_ID } from './useDock'

interface DockPanelProps {
  /** Stands in the bar: what it is, or who is on the line. */
  title: string
  onFold: () => void
  children: ReactNode
}

/**
 * The frame of the docked simulator. The page stays in use, so it is no dialog; Escape folds it all the same.
 */
export function DockPanel({ title, onFold, children }: DockPanelProps) {
  const { t } = useTranslation()
  const panel = useRef<HTMLElement>(null)

  useEffect(() => {
    panel.current?.focus()
    return () => {
      // The focus went with the panel: back to the button that opened it, if there is one on this page.
      if (document.activeElement === document.body) document.getElementById(DOCK_BUTTON_ID)?.focus()
    }
  }, [])

  const fold = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) onFold()
  }
  return (
    <aside
      ref={panel}
      id={DOCK_ID}
      tabIndex={-1}
      aria-label={t('talk.dock')}
      onKeyDown={fold}
      className={classes(
        'arriving z-30 flex flex-col overflow-hidden border-line bg-panel outline-none',
        // A sheet above the navigation of phones,
        'fixed inset-x-0 bottom-[calc(3.75rem+env(safe-area-inset-bottom))] max-h-[min(40rem,calc(100dvh-7rem))] rounded-t-lg border-t shadow-floating',
        // over the edge of the page where there is more room,
        'md:inset-x-auto md:top-4 md:right-4 md:bottom-4 md:max-h-none md:w-96 md:rounded-lg md:border',
        // but above the bar at the bottom of pages that have one,
        'md:max-xl:[:root:has([data-bottom-bar])_&]:bottom-32',
        // and beside it where there is enough for both.
        'xl:sticky xl:inset-auto xl:top-0 xl:h-dvh xl:shrink-0',
        'xl:rounded-none xl:border-y-0 xl:border-r-0 xl:shadow-none',
      )}
    >
      <div className="flex items-center gap-1 bg-board py-1.5 pr-1.5 pl-4 text-board-ink">
        <h2 className="mr-auto min-w-0 truncate text-sm font-semibold">{title}</h2>
        <Link to="/talk" className={BAR_BUTTON} aria-label={t('talk.enlarge')} title={t('talk.enlarge')}>
          <Maximize2 className="size-4" aria-hidden />
        </Link>
        <Button
          tone="quiet"
          size="icon"
          className={BAR_BUTTON}
          aria-label={t('talk.fold')}
          title={t('talk.fold')}
          onClick={onFold}
        >
          <PanelRightClose className="size-4 max-md:rotate-90" aria-hidden />
        </Button>
      </div>
      {children}
    </aside>
  )
}

/** On the switchboard's green, in both themes. */
const BAR_BUTTON = classes(
  buttonClasses('quiet', 'icon'),
  'text-board-ink! hover:bg-board-raised! focus-visible:outline-lamp',
)
