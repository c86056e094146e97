import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
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
  useEffect(load, [load])

  if (part.problem !== null) return <ProblemNotice problem={part.problem} onRetry={load} />
  if (part.status !== 'loaded') return <Spinner label={t('app.loading')} />
  return children
}
