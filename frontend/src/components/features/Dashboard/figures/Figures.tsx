import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { classes } from '@/components/common/classes'
import { EmptyState } from '@/components/common/EmptyState'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { useAppSelector } from '@/hooks/useAppSelector'
import {
  selectIsNew,
  selectStats,
  selectStatsProblem,
  selectStatsQuery,
  selectStatsStatus,
} from '@/store/slices/dashboardSlice'
import { Charts } from '../charts/Charts'
import { daysIn, isSound, type Span } from '../spans'
import { EndCauses } from './EndCauses'
import { EngineTroubles } from './EngineTroubles'
import { FiguresLoading } from './FiguresLoading'
import { Tiles } from './Tiles'

/** What the calls of the span come to; the figures before stay in sight until the new ones are there. */
export function Figures({ span, onRetry }: { span: Span; onRetry: () => void }) {
  const { t } = useTranslation()
  const status = useAppSelector(selectStatsStatus)
  const problem = useAppSelector(selectStatsProblem)
  const stats = useAppSelector(selectStats)
  const query = useAppSelector(selectStatsQuery)
  const isNew = useAppSelector(selectIsNew)
  const failure =
    status === 'failed' && problem ? <ProblemNotice problem={problem} onRetry={onRetry} /> : null
  const isWanted = isSound(span, new Date())
  if (stats === null || query === null) return failure ?? (isWanted ? <FiguresLoading /> : null)
  if (isNew) {
    return (
      <>
        {failure}
        <Card>
          <EmptyState
            text={t('dashboard.empty')}
            action={
              <Link to="/talk" className={buttonClasses('primary')}>
                {t('calls.talk')}
              </Link>
            }
          />
        </Card>
      </>
    )
  }
  const days = daysIn(span, new Date(query.to - 1))
  const filters = { ...days, ...(span.agent_id === '' ? {} : { agent_id: span.agent_id }) }
  return (
    <div
      aria-busy={status === 'loading'}
      className={classes('space-y-5 transition-opacity', (status === 'loading' || !isWanted) && 'opacity-60')}
    >
      {failure}
      <Tiles totals={stats.totals} />
      <Charts stats={stats} query={query}>
        <EndCauses causes={stats.causes} filters={filters} />
      </Charts>
      <EngineTroubles engines={stats.engines} />
    </div>
  )
}
