import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'

interface PagerProps {
  /** Counted from one. */
  page: number
  hasNext: boolean
  busy: boolean
  onPrevious: () => void
  onNext: () => void
}

/** Page by page through a list whose length nobody counts: counting would cost more than the page. */
export function Pager({ page, hasNext, busy, onPrevious, onNext }: PagerProps) {
  const { t } = useTranslation()
  if (page === 1 && !hasNext) return null
  return (
    <nav aria-label={t('calls.pages')} className="mt-5 flex items-center justify-center gap-4">
      <Button size="icon" aria-label={t('calls.previous')} disabled={page === 1 || busy} onClick={onPrevious}>
        <ChevronLeft className="size-5" aria-hidden />
      </Button>
      <span className="figures text-sm text-muted" aria-live="polite">
        {t('calls.page', { page })}
      </span>
      <Button size="icon" aria-label={t('calls.next')} disabled={!hasNext || busy} onClick={onNext}>
        <ChevronRight className="size-5" aria-hidden />
      </Button>
    </nav>
  )
}
