import { RefreshCw } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { Notice } from '@/components/common/Notice'
import { PageTitle } from '@/components/common/PageTitle'
import { Select } from '@/components/common/Select'
import { Spinner } from '@/components/common/Spinner'
import { CallDetailsModal } from '@/components/features/History/CallDetailsModal'
import { HistoryTable } from '@/components/features/History/HistoryTable'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useProblemText } from '@/hooks/useProblemText'
import { useToast } from '@/hooks/useToast'
import {
  fetchCalls,
  fetchMoreCalls,
  selectCallFilter,
  selectCalls,
  selectCallsProblem,
  selectCallsStatus,
  selectNextCursor,
} from '@/store/slices/callsSlice'
import { problemOf } from '@/store/thunks'
import type { CallFilter, CallStatus } from '@/types'
import { useAgents } from './useAgents'

const STATUSES: readonly CallStatus[] = ['live', 'completed', 'failed', 'interrupted']

/** The history; `/calls/:callId` opens one call over it. */
export function CallHistoryPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const { callId } = useParams()
  const filter = useAppSelector(selectCallFilter)
  const status = useAppSelector(selectCallsStatus)
  const close = useCallback(() => void navigate('/calls'), [navigate])

  useEffect(() => {
    void dispatch(fetchCalls({}))
  }, [dispatch])

  return (
    <>
      <PageTitle
        actions={
          <Button busy={status === 'loading'} onClick={() => void dispatch(fetchCalls(filter))}>
            <RefreshCw className="size-4" aria-hidden />
            {t('calls.refresh')}
          </Button>
        }
      >
        {t('calls.title')}
      </PageTitle>
      <Filters filter={filter} onChange={(next) => void dispatch(fetchCalls(next))} />
      <CallList isFiltered={Object.keys(filter).length > 0} />
      {callId !== undefined && <CallDetailsModal key={callId} callId={callId} onClose={close} />}
    </>
  )
}

function Filters({ filter, onChange }: { filter: CallFilter; onChange: (filter: CallFilter) => void }) {
  const { t } = useTranslation()
  const { agents } = useAgents()
  const changed = (change: Partial<Record<keyof CallFilter, string>>) => {
    const entries = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== '')
    onChange(Object.fromEntries(entries))
  }
  return (
    <div className="mb-5 grid max-w-md grid-cols-2 gap-4">
      <Select
        label={t('calls.filterAgent')}
        value={filter.agent_id ?? ''}
        onChange={(event) => changed({ agent_id: event.target.value })}
      >
        <option value="">{t('calls.allAgents')}</option>
        {agents.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        label={t('calls.filterStatus')}
        value={filter.status ?? ''}
        onChange={(event) => changed({ status: event.target.value })}
      >
        <option value="">{t('calls.allStatuses')}</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {t(`calls.statuses.${status}`)}
          </option>
        ))}
      </Select>
    </div>
  )
}

function CallList({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const calls = useAppSelector(selectCalls)
  const status = useAppSelector(selectCallsStatus)
  const problem = useAppSelector(selectCallsProblem)
  if (problem) return <Notice tone="error">{problemText(problem)}</Notice>
  if (calls.length === 0 && status !== 'loaded') return <Spinner label={t('app.loading')} />
  if (calls.length === 0) {
    return (
      <Card>
        <EmptyState text={isFiltered ? t('calls.emptyFiltered') : t('calls.empty')} />
      </Card>
    )
  }
  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line bg-panel shadow-raised">
        <HistoryTable calls={calls} />
      </div>
      <LoadMore />
    </>
  )
}

function LoadMore() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const filter = useAppSelector(selectCallFilter)
  const cursor = useAppSelector(selectNextCursor)
  const [isLoading, setLoading] = useState(false)
  if (cursor === null) return null

  const load = async () => {
    setLoading(true)
    const result = await dispatch(fetchMoreCalls({ filter, cursor }))
    setLoading(false)
    if (fetchMoreCalls.rejected.match(result)) toast.problem(problemOf(result))
  }
  return (
    <div className="mt-5 flex justify-center">
      <Button busy={isLoading} onClick={() => void load()}>
        {t('calls.more')}
      </Button>
    </div>
  )
}
