import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import type { Agent } from '@/types'
import { DraftDiff } from './DraftDiff'

interface StaleNoticeProps {
  /** What the form was based on, and what is saved now. */
  base: Agent
  theirs: Agent
  onOverwrite: () => void
  onTakeTheirs: () => void
}

/** Somebody else saved first: what they changed, and the choice between theirs and ours. */
export function StaleNotice({ base, theirs, onOverwrite, onTakeTheirs }: StaleNoticeProps) {
  const { t } = useTranslation()
  return (
    <Notice tone="error" title={t('agentForm.staleTitle')}>
      <p>{t('agentForm.staleText')}</p>
      <div className="my-3 rounded bg-panel p-3">
        <p className="mb-2 font-medium">{t('agentForm.staleTheirs')}</p>
        <DraftDiff before={base} after={theirs} />
      </div>
      <div className="flex flex-wrap gap-3">
        <Button onClick={onOverwrite}>{t('agentForm.staleOverwrite')}</Button>
        <Button onClick={onTakeTheirs}>{t('agentForm.staleReload')}</Button>
      </div>
    </Notice>
  )
}
