import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { PageTitle } from '@/components/common/PageTitle'
import { AgentList } from '@/components/features/Config/AgentList'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'

/** All agents. */
export function VoiceConfigPage() {
  const { t } = useTranslation()
  const { agents, status } = useAgents()
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
      <AgentList agents={agents} />
      {isEmpty && (
        <Card>
          <EmptyState text={t('agents.empty')} action={create} />
        </Card>
      )}
    </>
  )
}
