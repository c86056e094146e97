import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { PageTitle } from '@/components/common/PageTitle'
import { AgentShelf } from '@/components/features/Config/AgentShelf'
import { useAppSelector } from '@/hooks/useAppSelector'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import { selectAllAgents } from '@/store/slices/configSlice'

/** All agents. */
export function VoiceConfigPage() {
  const { t } = useTranslation()
  const { status } = useAgents()
  const agents = useAppSelector(selectAllAgents)
  const create = (
    <Link to="/agents/new" className={buttonClasses('primary')}>
      <Plus className="size-4" aria-hidden />
      {t('agents.new')}
    </Link>
  )
  const isEmpty = agents.length === 0 && status === 'loaded'
  return (
    <>
      <PageTitle actions={!isEmpty && create}>{t('agents.title')}</PageTitle>
      <AgentsLoading />
      {agents.length > 0 && <AgentShelf agents={agents} />}
      {isEmpty && (
        <Card>
          <EmptyState text={t('agents.empty')} action={create} />
        </Card>
      )}
    </>
  )
}
