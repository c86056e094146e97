import { FlaskConical } from 'lucide-react'
import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import type { AgentValues } from './agentSchema'
import { anchorOf, sectionsWithErrors } from './sections'

interface SaveBarProps {
  isNew: boolean
  onTry: () => void
}

/** Always in sight: what is unsaved or wrong, and what can be done with it. */
export function SaveBar({ isNew, onTry }: SaveBarProps) {
  const { t } = useTranslation()
  const { formState, reset } = useFormContext<AgentValues>()
  const { isDirty, isSubmitting, errors } = formState
  const [wrong] = sectionsWithErrors(errors)
  return (
    <div
      data-bottom-bar
      className="sticky bottom-16 z-20 flex flex-wrap items-center justify-end gap-x-2 gap-y-2 rounded-lg border border-line bg-panel px-3 py-3 shadow-floating sm:gap-x-3 sm:px-4 md:bottom-4"
    >
      <p className="mr-auto text-sm" role="status">
        {wrong ? (
          <a href={`#${anchorOf(wrong)}`} className="rounded-sm text-danger underline">
            {t('agentForm.wrongIn', { section: t(`agentForm.sections.${wrong}`) })}
          </a>
        ) : (
          <span className="text-muted">{isDirty ? t('agentForm.unsaved') : ''}</span>
        )}
      </p>
      {isDirty && (
        <Button tone="quiet" onClick={() => reset()}>
          {t('agentForm.discard')}
        </Button>
      )}
      <Button onClick={onTry}>
        <FlaskConical className="size-4" aria-hidden />
        {t('agentForm.try')}
      </Button>
      <Button type="submit" tone="primary" busy={isSubmitting} disabled={!isDirty && !isNew}>
        {isNew ? t('agentForm.create') : t('agentForm.save')}
      </Button>
    </div>
  )
}
