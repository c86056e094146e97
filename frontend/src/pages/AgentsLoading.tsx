import { useTranslation } from 'react-i18next'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchAgents, selectAgentsProblem, selectAgentsStatus } from '@/store/slices/configSlice'

/** That the agents are being fetched, or could not be; nothing once they are there. */
export function AgentsLoading() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const status = useAppSelector(selectAgentsStatus)
  const problem = useAppSelector(selectAgentsProblem)
  if (status === 'idle' || status === 'loading') return <Spinner label={t('app.loading')} />
  if (status === 'loaded' || problem === null) return null
  return (
    <div className="mb-5">
      <ProblemNotice problem={problem} onRetry={() => void dispatch(fetchAgents())} />
    </div>
  )
}
