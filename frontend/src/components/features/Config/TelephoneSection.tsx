import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Select } from '@/components/common/Select'
import type { AgentValues } from './agentSchema'
import { Destinations } from './Destinations'
import { HighlightedText } from './HighlightedText'
import { MachineManners } from './MachineManners'
import { NumberField } from './NumberField'
import { END_KEYS, TELEPHONE_LIMITS } from './telephoneSchema'
import { useFieldErrors } from './useFieldErrors'

/** What the agent does on the telephone and nowhere else. */
export function TelephoneSection() {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const announcement = useWatch({ control, name: 'telephone.announcement' })
  return (
    <div className="space-y-6">
      <HighlightedText
        label={t('agentTelephone.announcement')}
        hint={t('agentTelephone.announcementHint')}
        rows={2}
        text={announcement}
        error={errorOf('telephone.announcement', { max: TELEPHONE_LIMITS.announcement })}
        {...register('telephone.announcement')}
      />
      <Destinations />
      <MachineManners />
      <Keypad />
    </div>
  )
}

/** When a number that the caller types on the telephone's keys is complete. */
function Keypad() {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const endKey = useWatch({ control, name: 'telephone.keypad.end_key' })
  const keys = END_KEYS.some((key) => key === endKey) ? END_KEYS : [...END_KEYS, endKey]
  return (
    <fieldset className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
      <legend className="mb-1 text-sm font-semibold">{t('agentTelephone.keypad')}</legend>
      <p className="text-sm text-muted sm:col-span-2">{t('agentTelephone.keypadText')}</p>
      <Select
        label={t('agentTelephone.endKey')}
        error={errorOf('telephone.keypad.end_key')}
        {...register('telephone.keypad.end_key')}
      >
        {keys.map((key) => (
          <option key={key} value={key}>
            {key === '' ? t('agentTelephone.noEndKey') : key}
          </option>
        ))}
      </Select>
      <NumberField
        field="telephone.keypad.pause_ms"
        label={t('agentTelephone.keyPause')}
        unit="seconds"
        limits={TELEPHONE_LIMITS.pause_ms}
      />
    </fieldset>
  )
}
