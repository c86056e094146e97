import { Phone } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { PageTitle } from '@/components/common/PageTitle'
import { Figures } from '@/components/features/Dashboard/figures/Figures'
import { LiveBoard } from '@/components/features/Dashboard/live/LiveBoard'
import { SpanPicker } from '@/components/features/Dashboard/SpanPicker'
import { useLiveCalls } from '@/components/features/Dashboard/useLiveCalls'
import { useSpan } from '@/components/features/Dashboard/useSpan'
import { useStats } from '@/components/features/Dashboard/useStats'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchAgents, fetchOptions, selectAllAgents } from '@/store/slices/configSlice'
import { selectIsNew } from '@/store/slices/dashboardSlice'

/** The start page: what is going on now, and what the calls of some days come to. */
export function DashboardPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const agents = useAppSelector(selectAllAgents)
  const isNew = useAppSelector(selectIsNew)
  const { span, change } = useSpan()
  const refresh = useStats(span)
  const watchAgain = useLiveCalls()

  useEffect(() => {
    void dispatch(fetchAgents())
    void dispatch(fetchOptions())
  }, [dispatch])

  return (
    <>
      <PageTitle
        actions={
          !isNew && ( // A newcomer is led there by the page itself.
            <Link to="/talk" className={buttonClasses('primary')}>
              <Phone className="size-4" aria-hidden />
              <span className="sm:hidden">{t('nav.talk')}</span>
              <span className="max-sm:hidden">{t('dashboard.talk')}</span>
            </Link>
          )
        }
      >
        {t('dashboard.title')}
      </PageTitle>
      <div className="space-y-6">
        <LiveBoard onRetry={watchAgain} />
        {!isNew && <SpanPicker span={span} onChange={change} agents={agents} />}
        <Figures span={span} onRetry={refresh} />
      </div>
    </>
  )
}
