import { useEffect } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Slider } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { useFormat } from '@/hooks/useFormat'
import { AGENT_LIMITS, type ConfigOptions, type Voice } from '@/types'
import type { AgentValues } from './agentSchema'
import { useFieldErrors } from './useFieldErrors'
import { AUTOMATIC, offeredVoices, speechEngines } from './voices'

/** How the agent sounds: engine, one of its voices for the agent's language, pace and pitch. */
export function VoiceSelector({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control, setValue } = useFormContext<AgentValues>()
  const [language, chosen] = useWatch({ control, name: ['language', 'voice'] })
  const { engine, voice } = chosen
  const voices = offeredVoices(options, chosen, language)
  const isOffered = voice === '' || voices.some(({ id }) => id === voice)

  useEffect(() => {
    // A voice belongs to its engine and language; with another of either it would be refused.
    if (!isOffered) setValue('voice.voice', '', { shouldDirty: true })
  }, [isOffered, setValue])

  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Select
        label={t('agentForm.engine')}
        error={errorOf('voice.engine')}
        hint={engine === AUTOMATIC ? t('agentForm.automaticHint') : undefined}
        {...register('voice.engine')}
      >
        <option value={AUTOMATIC}>{t('agentForm.automatic')}</option>
        {speechEngines(options, engine).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        label={t('agentForm.voice')}
        error={errorOf('voice.voice')}
        disabled={engine === AUTOMATIC}
        {...register('voice.voice')}
      >
        <option value="">{t('agentForm.defaultVoice')}</option>
        {voices.map((offered) => (
          <VoiceOption key={offered.id} voice={offered} />
        ))}
      </Select>
      <Scale field="speed" step={0.05} />
      <Scale field="pitch" step={0.5} />
    </div>
  )
}

function VoiceOption({ voice: { id, name, language, gender } }: { voice: Voice }) {
  const { t } = useTranslation()
  const kind = gender === 'female' || gender === 'male' ? t(`agentForm.genders.${gender}`) : ''
  return <option value={id}>{[name, language, kind].filter(Boolean).join(' · ')}</option>
}

function Scale({ field, step }: { field: 'speed' | 'pitch'; step: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const value = format.decimal(useWatch({ control, name: `voice.${field}` }))
  return (
    <Slider
      label={t(`agentForm.${field}`)}
      error={errorOf(`voice.${field}`)}
      step={step}
      {...AGENT_LIMITS[field]}
      shown={t(`agentForm.${field}Value`, { value })}
      {...register(`voice.${field}`, { valueAsNumber: true })}
    />
  )
}
