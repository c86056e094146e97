import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { PageTitle } from '@/components/common/PageTitle'
import { isPreparing } from '@/components/features/Simulator/engineNotices'
import { SimulatorPanel } from '@/components/features/Simulator/SimulatorPanel'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { fetchOptions } from '@/store/slices/configSlice'
import type { ConfigOptions } from '@/types'

/** How often to look while an engine is being prepared. */
const POLL_MS = 3_000

/** Talk to an agent. */
export function TalkPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const { agents, status, options } = useAgents()
  usePreparation(options)
  const [first, ...rest] = agents
  return (
    <>
      <PageTitle>{t('talk.title')}</PageTitle>
      <AgentsLoading />
      {first && (
        <SimulatorPanel agents={[first, ...rest]} initialAgentId={search.get('agent')} options={options} />
      )}
      {!first && status === 'loaded' && (
        <Card>
          <EmptyState
            text={t('talk.noAgents')}
            action={
              <Link to="/agents/new" className={buttonClasses('primary')}>
                {t('talk.createAgent')}
              </Link>
            }
          />
        </Card>
      )}
    </>
  )
}

/** Keep the options fresh while something is being prepared, so that its progress moves. */
function usePreparation(options: ConfigOptions | null): void {
  const dispatch = useAppDispatch()
  const waits = options !== null && isPreparing(options)
  useEffect(() => {
    if (!waits) return
    const timer = window.setInterval(() => void dispatch(fetchOptions()), POLL_MS)
    return () => window.clearInterval(timer)
  }, [dispatch, waits])
}
