import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import { Spinner } from '@/components/common/Spinner'
import { useProblemText } from '@/hooks/useProblemText'
import type { Loaded } from '@/store/slices/settingsSlice'

interface SectionProps {
  part: Loaded<unknown>
  /** Fetches the part; the same function on every render. */
  load: () => void
  children: ReactNode
}

/** A part of the settings that is fetched when it is opened: waiting, failed, or its content. */
export function Section({ part, load, children }: SectionProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  useEffect(load, [load])

  if (part.problem !== null) {
    return (
      <Notice tone="error" action={<Button onClick={load}>{t('common.tryAgain')}</Button>}>
        <p>{problemText(part.problem)}</p>
        {part.problem.request_id !== null && (
          <p className="figures text-xs break-all text-muted">
            {t('common.request', { id: part.problem.request_id })}
          </p>
        )}
      </Notice>
    )
  }
  if (part.status !== 'loaded') return <Spinner label={t('app.loading')} />
  return children
}
