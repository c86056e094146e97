import { ArrowLeft } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { Notice } from '@/components/common/Notice'
import { PageTitle } from '@/components/common/PageTitle'
import { AgentConfigForm } from '@/components/features/Config/AgentConfigForm'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import type { Agent } from '@/types'

/** One agent: `/agents/:agentId`, or `/agents/new` for one that does not exist yet. */
export function AgentPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { agentId } = useParams()
  const { agents, status, options } = useAgents()
  const agent = agents.find(({ id }) => id === agentId)
  const isNew = agentId === undefined
  const opened = useCallback((created: Agent) => void navigate(`/agents/${created.id}`), [navigate])

  return (
    <div className="mx-auto max-w-3xl">
      <Link
        to="/agents"
        className="mb-1 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {t('agentForm.back')}
      </Link>
      <PageTitle>{isNew ? t('agentForm.newTitle') : (agent?.name ?? '')}</PageTitle>
      {!isNew && <AgentsLoading />}
      {!isNew && !agent && status === 'loaded' && <Notice tone="warning">{t('agents.unknown')}</Notice>}
      {(isNew || agent) && (
        <AgentConfigForm key={agentId ?? 'new'} agent={agent} options={options} onCreated={opened} />
      )}
    </div>
  )
}
