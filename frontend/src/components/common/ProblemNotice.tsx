import { useTranslation } from 'react-i18next'
import { useProblemText } from '@/hooks/useProblemText'
import type { Problem } from '@/types'
import { Button } from './Button'
import { Notice } from './Notice'

interface ProblemNoticeProps {
  problem: Problem
  /** What was tried; without it there is no use in trying again. */
  onRetry?: (() => void) | undefined
}

/** Why something is not there: in words, with what to quote when asking for help. */
export function ProblemNotice({ problem, onRetry }: ProblemNoticeProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  return (
    <Notice tone="error" action={onRetry && <Button onClick={onRetry}>{t('common.tryAgain')}</Button>}>
      <p>{problemText(problem)}</p>
      {problem.request_id !== null && (
        <p className="figures text-xs break-all text-muted">
          {t('common.request', { id: problem.request_id })}
        </p>
      )}
    </Notice>
  )
}
