import { useTranslation } from 'react-i18next'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectLiveCalls, selectLiveStatus } from '@/store/slices/liveSlice'

/** How many calls there are or, if that cannot be known now, why. */
export function LiveConnection({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation()
  const status = useAppSelector(selectLiveStatus)
  const count = useAppSelector(selectLiveCalls).length
  return (
    <span className="ml-auto flex items-center gap-3 text-sm text-board-muted">
      <span role="status">
        {status === 'live' ? t('dashboard.live.count', { count }) : t(`dashboard.live.states.${status}`)}
      </span>
      {status === 'refused' && (
        <button
          type="button"
          onClick={onRetry}
          className="rounded-full border border-board-muted px-3 py-1 text-board-ink hover:bg-board-raised focus-visible:outline-lamp"
        >
          {t('common.tryAgain')}
        </button>
      )}
    </span>
  )
}
