import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { classes } from '@/components/common/classes'
import { EmptyState } from '@/components/common/EmptyState'
import { Pager } from '@/components/common/Pager'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import {
  fetchCalls,
  selectCallQuery,
  selectCalls,
  selectCallsProblem,
  selectCallsStatus,
  selectNextCursor,
  selectTrail,
} from '@/store/slices/callsSlice'
import { HistoryTable } from '../HistoryTable'
import { CallCards } from './CallCards'
import type { Filters } from './filters'
import type { ChangeFilters } from './useFilters'

interface CallListProps {
  filters: Filters
  onChange: ChangeFilters
  isNarrow: boolean
  whenEmpty: string
  /** What to do about an empty list. */
  action?: ReactNode
}

/** One page of calls; while another is on its way, the one before stays and is pale. */
export function CallList({ filters, onChange, isNarrow, whenEmpty, action }: CallListProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const calls = useAppSelector(selectCalls)
  const status = useAppSelector(selectCallsStatus)
  const problem = useAppSelector(selectCallsProblem)
  const query = useAppSelector(selectCallQuery)
  const trail = useAppSelector(selectTrail)
  const next = useAppSelector(selectNextCursor)
  const isLoading = status === 'loading' || status === 'idle'
  const turnTo = (place: readonly string[]) => void dispatch(fetchCalls({ query, trail: place }))

  if (problem) return <ProblemNotice problem={problem} onRetry={() => turnTo(trail)} />
  if (calls.length === 0 && isLoading) return <Spinner label={t('app.loading')} />
  return (
    <>
      {calls.length === 0 ? (
        <Card>
          <EmptyState text={whenEmpty} action={action} />
        </Card>
      ) : (
        <div
          aria-busy={isLoading}
          className={classes(
            '@container overflow-hidden rounded-lg border border-line bg-panel shadow-raised transition-opacity',
            isLoading && 'opacity-60',
          )}
        >
          {isNarrow ? (
            <CallCards calls={calls} search={filters.q} />
          ) : (
            <HistoryTable calls={calls} filters={filters} onChange={onChange} />
          )}
        </div>
      )}
      <Pager
        page={trail.length + 1}
        hasNext={next !== null}
        busy={isLoading}
        onPrevious={() => turnTo(trail.slice(0, -1))}
        onNext={() => next !== null && turnTo([...trail, next])}
      />
    </>
  )
}
