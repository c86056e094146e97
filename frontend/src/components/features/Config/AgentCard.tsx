import { Archive, ArchiveRestore, Copy, EllipsisVertical, Pencil, Phone, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { Badge } from '@/components/common/Badge'
import { Button, buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { Menu, MenuItem } from '@/components/common/Menu'
import { useFormat } from '@/hooks/useFormat'
import type { Agent } from '@/types'
import { blanksIn } from './blanks'

interface AgentCardProps {
  agent: Agent
  onArchive: () => void
  onUnarchive: () => void
  onDelete: () => void
}

export function AgentCard({ agent, onArchive, onUnarchive, onDelete }: AgentCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, name, language, prompt, updated_at, version, archived } = agent
  const blanks = blanksIn(prompt, agent.first_message, agent.knowledge).length
  return (
    <Card className="flex w-full flex-col">
      <div className="flex items-start justify-between gap-3">
        <h2 className="min-w-0 text-lg font-semibold wrap-anywhere">
          <Link to={`/agents/${id}`} className="rounded-sm hover:underline">
            {name}
          </Link>
        </h2>
        <Badge>{language}</Badge>
      </div>
      {/* What grows is around the words: grown itself, it would show those that it cuts off. */}
      <div className="mt-2 flex-1">
        <p className="line-clamp-3 text-sm text-muted">{prompt.trim() || t('agents.noPrompt')}</p>
      </div>
      {blanks > 0 && (
        <p className="mt-3">
          <Badge tone="agent">{t('agents.blanks', { count: blanks })}</Badge>
        </p>
      )}
      <p className="mt-4 text-xs text-muted">
        <span className="figures">v{version}</span> ·{' '}
        {t('agents.updated', { when: format.dateTime(updated_at) })}
      </p>
      <div className="mt-4 flex items-center gap-2">
        {archived ? (
          <Button onClick={onUnarchive} aria-label={t('agents.unarchiveNamed', { name })}>
            <ArchiveRestore className="size-4" aria-hidden />
            {t('agents.unarchive')}
          </Button>
        ) : (
          <Link
            to={`/talk?agent=${id}`}
            className={buttonClasses('plain')}
            aria-label={t('agents.talkTo', { name })}
          >
            <Phone className="size-4" aria-hidden />
            {t('nav.talk')}
          </Link>
        )}
        <Link
          to={`/agents/${id}`}
          className={`${buttonClasses('quiet', 'icon')} ml-auto`}
          aria-label={t('agents.edit', { name })}
          title={t('agents.edit', { name })}
        >
          <Pencil className="size-4" aria-hidden />
        </Link>
        <MoreMenu agent={agent} onArchive={onArchive} onDelete={onDelete} />
      </div>
    </Card>
  )
}

function MoreMenu({
  agent: { id, name, archived },
  onArchive,
  onDelete,
}: Pick<AgentCardProps, 'agent' | 'onArchive' | 'onDelete'>) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Menu
      trigger={
        <Button tone="quiet" size="icon" aria-label={t('agents.more', { name })}>
          <EllipsisVertical className="size-4" aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={() => void navigate(`/agents/new?from=${id}`)}>
        <Copy className="size-4" aria-hidden />
        {t('agents.duplicate')}
      </MenuItem>
      {!archived && (
        <MenuItem onSelect={onArchive}>
          <Archive className="size-4" aria-hidden />
          {t('agents.archive')}
        </MenuItem>
      )}
      <MenuItem tone="danger" onSelect={onDelete}>
        <Trash2 className="size-4" aria-hidden />
        {t('common.delete')}
      </MenuItem>
    </Menu>
  )
}
