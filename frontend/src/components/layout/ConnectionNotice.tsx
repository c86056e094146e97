import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectOnline, selectReachable } from '@/store/slices/uiSlice'

/** That the network or the server is gone, in sight however far one has scrolled, until it is back. */
export function ConnectionNotice() {
  const { t } = useTranslation()
  const isOnline = useAppSelector(selectOnline)
  const isReachable = useAppSelector(selectReachable)
  if (isOnline && isReachable) return null
  return (
    <div className="sticky top-0 z-20 mx-auto max-w-6xl px-4 pt-3 sm:px-8 md:py-3">
      <Notice tone="warning">{t(isOnline ? 'app.unreachable' : 'app.offline')}</Notice>
    </div>
  )
}
