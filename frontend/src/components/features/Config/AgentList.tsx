import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { archiveAgent, deleteAgent, unarchiveAgent } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent } from '@/types'
import { AgentCard } from './AgentCard'

/** Agents, and what one does with them. */
export function AgentList({ agents }: { agents: readonly Agent[] }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [doomed, setDoomed] = useState<Agent | null>(null)
  const [isDeleting, setDeleting] = useState(false)

  const archive = async ({ id, name }: Agent) => {
    const result = await dispatch(archiveAgent(id))
    if (archiveAgent.fulfilled.match(result)) toast.success(t('agents.archivedOne', { name }))
    else toast.problem(problemOf(result))
  }

  const unarchive = async ({ id, name }: Agent) => {
    const result = await dispatch(unarchiveAgent(id))
    if (unarchiveAgent.fulfilled.match(result)) toast.success(t('agents.unarchivedOne', { name }))
    else toast.problem(problemOf(result))
  }

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
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
        {agents.map((agent) => (
          <li key={agent.id} className="flex">
            <AgentCard
              agent={agent}
              onArchive={() => void archive(agent)}
              onUnarchive={() => void unarchive(agent)}
              onDelete={() => setDoomed(agent)}
            />
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
