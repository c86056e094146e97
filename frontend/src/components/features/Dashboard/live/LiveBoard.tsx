import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectLiveCalls, selectLiveIsKnown, selectLiveStatus } from '@/store/slices/liveSlice'
import { BoardLamps } from './BoardLamps'
import { LiveCallRow } from './LiveCallRow'
import { LiveConnection } from './LiveConnection'
import { useNow } from './useNow'

/** More lines than this are a list of their own. */
const ROWS = 6

/** The switchboard: a lamp for every call that is going on, and who says what on it. */
export function LiveBoard({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation()
  const calls = useAppSelector(selectLiveCalls)
  const isKnown = useAppSelector(selectLiveIsKnown)
  const isFresh = useAppSelector(selectLiveStatus) === 'live'
  const now = useNow(calls.length > 0)
  const [showsAll, setShowsAll] = useState(false)
  const shown = showsAll ? calls : calls.slice(0, ROWS)
  return (
    <section
      aria-label={t('dashboard.live.title')}
      className="overflow-hidden rounded-lg border border-line bg-panel shadow-raised"
    >
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 bg-board px-4 py-3.5 text-board-ink sm:px-6">
        <h2 className="text-base font-semibold">{t('dashboard.live.title')}</h2>
        <BoardLamps states={calls.map(({ state }) => state)} />
        <LiveConnection onRetry={onRetry} />
      </div>
      {calls.length === 0 ? (
        <p className="flex min-h-17 items-center px-4 text-sm text-muted sm:px-6">
          {isKnown ? t('dashboard.live.none') : t('dashboard.live.unknown')}
        </p>
      ) : (
        <ul className={classes(!isFresh && 'opacity-60')}>
          {shown.map((call) => (
            <LiveCallRow key={call.id} call={call} now={now} />
          ))}
        </ul>
      )}
      {calls.length > ROWS && (
        <div className="border-t border-line px-2 py-1.5 sm:px-4">
          <Button tone="quiet" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? t('dashboard.live.fewer') : t('dashboard.live.all', { count: calls.length })}
          </Button>
        </div>
      )}
    </section>
  )
}
