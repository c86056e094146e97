import { Keyboard } from 'lucide-react'
import { useTranslation } from 'react-i18next'

/** These words were written, not said. */
export function TypedSign() {
  const { t } = useTranslation()
  return (
    <span role="img" aria-label={t('transcript.typed')} title={t('transcript.typed')} className="text-muted">
      <Keyboard className="size-4" aria-hidden />
    </span>
  )
}
