import { useController, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Choice } from '@/components/common/Choice'
import type { AgentValues } from './agentSchema'

/** Who opens the conversation, and what that makes of the first message. */
export function FirstSpeaker() {
  const { t } = useTranslation()
  const { field } = useController<AgentValues, 'turn_taking.first_speaker'>({
    name: 'turn_taking.first_speaker',
  })
  const isSilent = useWatch<AgentValues, 'first_message'>({ name: 'first_message' }).trim() === ''
  const consequence = field.value === 'caller' ? 'caller' : isSilent ? 'silent' : 'agent'
  return (
    <div>
      <Choice
        label={t('agentForm.firstSpeaker.label')}
        value={field.value}
        onChange={field.onChange}
        options={[
          { value: 'agent', label: t('agentForm.firstSpeaker.agent') },
          { value: 'caller', label: t('agentForm.firstSpeaker.caller') },
        ]}
      />
      <p className="mt-1.5 text-sm text-muted" aria-live="polite">
        {t(`agentForm.firstSpeaker.means.${consequence}`)}
      </p>
    </div>
  )
}
