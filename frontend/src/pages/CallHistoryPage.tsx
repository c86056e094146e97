import { RefreshCw } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { Button, buttonClasses } from '@/components/common/Button'
import { PageTitle } from '@/components/common/PageTitle'
import { CallDetailsModal } from '@/components/features/History/CallDetailsModal'
import { CallFilters } from '@/components/features/History/list/CallFilters'
import { CallList } from '@/components/features/History/list/CallList'
import { ExportMenu } from '@/components/features/History/list/ExportMenu'
import { countFilters } from '@/components/features/History/list/filters'
import { useFilters } from '@/components/features/History/list/useFilters'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useWidth } from '@/hooks/useWidth'
import { fetchCalls, reopenCalls, selectCallsStatus, selectTrail } from '@/store/slices/callsSlice'
import { useAgents } from './useAgents'

/** What the columns of the table need at least, in CSS pixels; a docked call may leave less on a wide screen. */
const TABLE_WIDTH = 672

/** The history; its filters are in the address, and `/calls/:callId` opens one call over it. */
export function CallHistoryPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const { callId } = useParams()
  const address = useLocation().search
  const { filters, query, change } = useFilters()
  const { agents } = useAgents()
  const [place, width] = useWidth(window.innerWidth)
  const isNarrow = width < TABLE_WIDTH
  const status = useAppSelector(selectCallsStatus)
  const trail = useAppSelector(selectTrail)
  const isFiltered = countFilters(filters) > 0
  const close = useCallback(() => void navigate({ pathname: '/calls', search: address }), [navigate, address])

  useEffect(() => {
    void dispatch(reopenCalls(query))
  }, [dispatch, query])

  return (
    <>
      <PageTitle
        actions={
          <div className="flex flex-wrap gap-2">
            <ExportMenu query={query} />
            <Button busy={status === 'loading'} onClick={() => void dispatch(fetchCalls({ query, trail }))}>
              <RefreshCw className="size-4" aria-hidden />
              {t('calls.refresh')}
            </Button>
          </div>
        }
      >
        {t('calls.title')}
      </PageTitle>
      <div ref={place}>
        <CallFilters filters={filters} onChange={change} agents={agents} isNarrow={isNarrow} />
        <CallList
          filters={filters}
          onChange={change}
          isNarrow={isNarrow}
          whenEmpty={isFiltered ? t('calls.emptyFiltered') : t('calls.empty')}
          {...(!isFiltered && {
            action: (
              <Link to="/talk" className={buttonClasses('primary')}>
                {t('calls.talk')}
              </Link>
            ),
          })}
        />
      </div>
      {callId !== undefined && (
        <CallDetailsModal key={callId} callId={callId} search={filters.q} onClose={close} />
      )}
    </>
  )
}
