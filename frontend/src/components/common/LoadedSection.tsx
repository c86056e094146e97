import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Loaded } from '@/store/loaded'
import { ProblemNotice } from './ProblemNotice'
import { Spinner } from './Spinner'

interface LoadedSectionProps {
  part: Loaded<unknown>
  /** Fetches the part; the same function on every render. */
  load: () => void
  children: ReactNode
}

/** A part of a page that is fetched when it is opened: waiting, failed, or its content. */
export function LoadedSection({ part, load, children }: LoadedSectionProps) {
  const { t } = useTranslation()
  useEffect(load, [load])

  if (part.problem !== null) return <ProblemNotice problem={part.problem} onRetry={load} />
  if (part.status !== 'loaded') return <Spinner label={t('app.loading')} />
  return children
}
