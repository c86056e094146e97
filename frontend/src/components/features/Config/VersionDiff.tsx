import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { fetchVersion } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent, Problem } from '@/types'
import { DraftDiff } from './DraftDiff'

interface VersionDiffProps {
  agent: Agent
  version: number
  onRestore: (old: Agent) => void
}

/** What going back to a version would change, and the button that does it. */
export function VersionDiff({ agent, version, onRestore }: VersionDiffProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const [old, setOld] = useState<Agent | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  useEffect(() => {
    let isLeft = false
    const load = async () => {
      const result = await dispatch(fetchVersion({ id: agent.id, version }))
      if (isLeft) return
      if (fetchVersion.fulfilled.match(result)) setOld(result.payload)
      else setProblem(problemOf(result))
    }
    void load()
    return () => {
      isLeft = true
    }
  }, [dispatch, agent.id, version])

  if (problem) return <ProblemNotice problem={problem} />
  if (!old) return <Spinner label={t('app.loading')} />
  return (
    <div className="space-y-4 pt-1 pb-4">
      <p className="text-sm text-muted">{t('agentVersions.wouldChange', { version })}</p>
      <DraftDiff before={agent} after={old} />
      <Button onClick={() => onRestore(old)}>{t('agentVersions.restoreNamed', { version })}</Button>
    </div>
  )
}
