import { ArrowLeft } from 'lucide-react'
import { useCallback, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { Badge } from '@/components/common/Badge'
import { Notice } from '@/components/common/Notice'
import { PageTitle } from '@/components/common/PageTitle'
import { AgentConfigForm } from '@/components/features/Config/AgentConfigForm'
import { emptyDraft } from '@/components/features/Config/defaults'
import { TemplatePicker } from '@/components/features/Config/TemplatePicker'
import { draftFrom, isTemplateId } from '@/components/features/Config/templates'
import { DraftCall } from '@/components/features/Simulator/DraftCall'
import { useAppSelector } from '@/hooks/useAppSelector'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import { selectAllAgents } from '@/store/slices/configSlice'
import type { Agent } from '@/types'

/** One agent: `/agents/:agentId`, or `/agents/new` for one that does not exist yet. */
export function AgentPage() {
  const { agentId } = useParams()
  return (
    <>
      {agentId === undefined ? <NewAgent /> : <SavedAgent id={agentId} />}
      <DraftCall />
    </>
  )
}

/** `?template=…` and `?from=…` (another agent) say what it begins with; without either one is asked. */
function NewAgent() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const { status, options } = useAgents()
  const agents = useAppSelector(selectAllAgents)
  const opened = useCallback((created: Agent) => void navigate(`/agents/${created.id}`), [navigate])
  const template = search.get('template')
  const from = search.get('from')
  const model = agents.find(({ id }) => id === from)

  const initial = () => {
    if (model) return { ...model, name: t('agents.copyOf', { name: model.name }) }
    if (isTemplateId(template)) return draftFrom(template, i18n.language)
    return template === 'empty' ? emptyDraft(i18n.language) : null
  }
  const draft = initial()
  return (
    <Frame back={draft ? { to: '/agents/new', text: t('agentTemplates.back') } : undefined}>
      <PageTitle>{t('agentForm.newTitle')}</PageTitle>
      {from !== null && !model && <AgentsLoading />}
      {from !== null && !model && status === 'loaded' && (
        <Notice tone="warning">{t('agents.unknown')}</Notice>
      )}
      {draft && (
        <AgentConfigForm key={search.toString()} initial={draft} options={options} onCreated={opened} />
      )}
      {!draft && from === null && <TemplatePicker />}
    </Frame>
  )
}

function SavedAgent({ id }: { id: string }) {
  const { t } = useTranslation()
  const { status, options } = useAgents()
  const agent = useAppSelector(selectAllAgents).find((one) => one.id === id)
  return (
    <Frame>
      <PageTitle actions={agent?.archived === true && <Badge tone="warning">{t('agents.isArchived')}</Badge>}>
        {agent?.name ?? t('agents.one')}
      </PageTitle>
      <AgentsLoading />
      {!agent && status === 'loaded' && <Notice tone="warning">{t('agents.unknown')}</Notice>}
      {agent && <AgentConfigForm key={id} agent={agent} initial={agent} options={options} />}
    </Frame>
  )
}

function Frame({ back, children }: { back?: { to: string; text: string } | undefined; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="mx-auto max-w-3xl xl:max-w-[60rem]">
      <Link
        to={back?.to ?? '/agents'}
        className="mb-1 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {back?.text ?? t('agentForm.back')}
      </Link>
      {children}
    </div>
  )
}
