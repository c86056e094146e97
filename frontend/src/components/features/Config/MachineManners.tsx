import { useController, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Choice } from '@/components/common/Choice'
import type { AgentValues } from './agentSchema'
import { HighlightedText } from './HighlightedText'
import { TELEPHONE_LIMITS } from './telephoneSchema'
import { useFieldErrors } from './useFieldErrors'

const MANNERS = ['hang_up', 'leave_message', 'continue'] as const

/** What becomes of a call out that an answering machine has taken. */
export function MachineManners() {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const { field } = useController({ control, name: 'telephone.on_machine' })
  const voicemail = useWatch({ control, name: 'telephone.voicemail' })
  return (
    <div className="space-y-4">
      <div>
        <Choice
          label={t('agentTelephone.onMachine')}
          value={field.value}
          onChange={field.onChange}
          options={MANNERS.map((value) => ({ value, label: t(`agentTelephone.machine.${value}.label`) }))}
        />
        <p className="mt-1.5 text-sm text-muted" aria-live="polite">
          {t(`agentTelephone.machine.${field.value}.means`)}
        </p>
      </div>
      {field.value === 'leave_message' && (
        <HighlightedText
          label={t('agentTelephone.voicemail')}
          hint={t('agentTelephone.voicemailHint')}
          rows={3}
          text={voicemail}
          error={errorOf('telephone.voicemail', { max: TELEPHONE_LIMITS.voicemail })}
          {...register('telephone.voicemail')}
        />
      )}
    </div>
  )
}
