import { Pencil, Phone, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Badge } from '@/components/common/Badge'
import { Button, buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useFormat } from '@/hooks/useFormat'
import { useToast } from '@/hooks/useToast'
import { deleteAgent } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent } from '@/types'

/** The agents, and what one does with them. */
export function AgentList({ agents }: { agents: readonly Agent[] }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [doomed, setDoomed] = useState<Agent | null>(null)
  const [isDeleting, setDeleting] = useState(false)

  const remove = async ({ id, name }: Agent) => {
    setDeleting(true)
    const result = await dispatch(deleteAgent(id))
    setDeleting(false)
    setDoomed(null)
    if (deleteAgent.fulfilled.match(result)) toast.success(t('agents.deleted', { name }))
    else toast.problem(problemOf(result))
  }

  return (
    <>
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {agents.map((agent) => (
          <li key={agent.id} className="flex">
            <AgentCard agent={agent} onDelete={() => setDoomed(agent)} />
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={doomed !== null}
        title={t('agents.deleteTitle', { name: doomed?.name ?? '' })}
        text={t('agents.deleteText')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        busy={isDeleting}
        onConfirm={() => doomed && void remove(doomed)}
        onCancel={() => setDoomed(null)}
      />
    </>
  )
}

function AgentCard({ agent, onDelete }: { agent: Agent; onDelete: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, name, language, prompt, updated_at } = agent
  return (
    <Card className="flex w-full flex-col">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="min-w-0 text-lg font-semibold">{name}</h2>
        <Badge>{language}</Badge>
      </div>
      <p className="mt-2 line-clamp-3 flex-1 text-sm text-muted">{prompt.trim() || t('agents.noPrompt')}</p>
      <p className="mt-4 text-xs text-muted">{t('agents.updated', { when: format.dateTime(updated_at) })}</p>
      <div className="mt-4 flex items-center gap-2">
        <Link
          to={`/?agent=${id}`}
          className={buttonClasses('plain')}
          aria-label={t('agents.talkTo', { name })}
        >
          <Phone className="size-4" aria-hidden />
          {t('nav.talk')}
        </Link>
        <Link
          to={`/agents/${id}`}
          className={`${buttonClasses('quiet', 'icon')} ml-auto`}
          aria-label={t('agents.edit', { name })}
          title={t('agents.edit', { name })}
        >
          <Pencil className="size-4" aria-hidden />
        </Link>
        <Button
          tone="quiet"
          size="icon"
          aria-label={t('agents.delete', { name })}
          title={t('agents.delete', { name })}
          onClick={onDelete}
        >
          <Trash2 className="size-4" aria-hidden />
        </Button>
      </div>
    </Card>
  )
}
