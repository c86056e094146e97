import { useEffect, useState } from 'react'
import { useFormState } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useFormat } from '@/hooks/useFormat'
import { fetchVersions, selectVersions } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent, Problem } from '@/types'
import type { AgentVersion } from '@/types/agents'
import type { AgentValues } from './agentSchema'
import { anchorOf } from './sections'
import { VersionDiff } from './VersionDiff'

interface AgentVersionsProps {
  /** The agent as it is saved now. */
  agent: Agent
  onRestore: (old: Agent) => void
}

/** As many of the newest are shown at first. */
const FEW = 8

/** Every save of an agent, what it would change to go back to it, and the way back. */
export function AgentVersions({ agent, onRestore }: AgentVersionsProps) {
  const { t } = useTranslation()
  const { versions, problem, reload } = useVersions(agent)
  const { isDirty } = useFormState<AgentValues>()
  const [open, setOpen] = useState<number | null>(null)
  const [showsAll, setShowsAll] = useState(false)
  const [wanted, setWanted] = useState<Agent | null>(null)

  const restore = (old: Agent) => {
    setWanted(null)
    setOpen(null)
    onRestore(old)
  }
  const shown = showsAll ? versions : versions?.slice(0, FEW)
  return (
    <Card id={anchorOf('versions')} title={t('agentVersions.title')} className="scroll-mt-20">
      <p className="-mt-3 mb-5 max-w-prose text-sm text-muted">{t('agentVersions.text')}</p>
      {problem !== null && <ProblemNotice problem={problem} onRetry={reload} />}
      {versions === undefined && problem === null && <Spinner label={t('app.loading')} />}
      <ol className="divide-y divide-line border-y border-line empty:hidden">
        {shown?.map((version) => (
          <li key={version.version} className="py-1">
            <VersionRow
              version={version}
              isCurrent={version.version === agent.version}
              isOpen={open === version.version}
              onToggle={() => setOpen(open === version.version ? null : version.version)}
            />
            {open === version.version && (
              <VersionDiff
                agent={agent}
                version={version.version}
                onRestore={(old) => (isDirty ? setWanted(old) : restore(old))}
              />
            )}
          </li>
        ))}
      </ol>
      {shown !== undefined && versions !== undefined && shown.length < versions.length && (
        <Button className="mt-3" onClick={() => setShowsAll(true)}>
          {t('agentVersions.showAll', { count: versions.length })}
        </Button>
      )}
      <ConfirmDialog
        open={wanted !== null}
        title={t('agentVersions.restoreTitle', { version: wanted?.version ?? 0 })}
        text={t('agentVersions.restoreText')}
        confirmLabel={t('agentVersions.restore')}
        cancelLabel={t('agentForm.stay')}
        onConfirm={() => wanted && restore(wanted)}
        onCancel={() => setWanted(null)}
      />
    </Card>
  )
}

interface VersionRowProps {
  version: AgentVersion
  isCurrent: boolean
  isOpen: boolean
  onToggle: () => void
}

function VersionRow({ version: { version, saved_at, name }, isCurrent, isOpen, onToggle }: VersionRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="flex min-h-11 items-center gap-2 sm:gap-4">
      <span className="figures w-10 shrink-0 text-sm font-medium">v{version}</span>
      <div className="flex min-w-0 flex-1 flex-col text-sm sm:flex-row sm:justify-between sm:gap-4">
        <span className="min-w-0 wrap-anywhere">{name}</span>
        <span className="shrink-0 text-muted">{format.dateTime(saved_at)}</span>
      </div>
      {isCurrent ? (
        <Badge tone="good">{t('agentVersions.current')}</Badge>
      ) : (
        <Button
          tone="quiet"
          aria-expanded={isOpen}
          aria-label={t('agentVersions.compareNamed', { version })}
          onClick={onToggle}
        >
          {isOpen ? t('common.close') : t('agentVersions.compare')}
        </Button>
      )}
    </div>
  )
}

/** The saves of an agent, fetched again after each. */
function useVersions({ id, version }: Agent) {
  const dispatch = useAppDispatch()
  const versions = useAppSelector(selectVersions(id))
  const [problem, setProblem] = useState<Problem | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const load = async () => {
      const result = await dispatch(fetchVersions(id))
      setProblem(fetchVersions.rejected.match(result) ? problemOf(result) : null)
    }
    void load()
  }, [dispatch, id, version, attempt])
  return { versions, problem, reload: () => setAttempt((count) => count + 1) }
}
