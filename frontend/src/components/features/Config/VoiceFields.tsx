import { useEffect, type ReactNode } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Slider } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { useFormat } from '@/hooks/useFormat'
import { AGENT_LIMITS, type ConfigOptions, type Voice } from '@/types'
import type { AgentValues } from './agentSchema'
import { AUTOMATIC } from './engines'
import { useFieldErrors } from './useFieldErrors'
import { offeredVoices } from './voices'

/** Where in the form a voice is. */
export type VoicePath = 'voice' | `stand_in_voices.${number}`

interface VoiceFieldsProps {
  path: VoicePath
  options: ConfigOptions | null
  /** Where the engine is chosen, if it is not yet. */
  engineField?: ReactNode
}

/** Which voice of an engine, its style, pace and pitch. */
export function VoiceFields({ path, options, engineField }: VoiceFieldsProps) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control, setValue } = useFormContext<AgentValues>()
  const language = useWatch({ control, name: 'language' })
  const chosen = useWatch({ control, name: path })
  const { engine, voice, style } = chosen
  const voices = offeredVoices(options, chosen, language)
  const isOffered = voice === '' || voices.some(({ id }) => id === voice)
  const styles = voices.find(({ id }) => id === voice)?.styles ?? []
  const hasStyle = options === null || style === '' || styles.includes(style)

  useEffect(() => {
    // A voice belongs to its engine and language, a style to its voice; with another they would be refused.
    if (!isOffered) setValue(`${path}.voice`, '', { shouldDirty: true })
    if (!hasStyle) setValue(`${path}.style`, '', { shouldDirty: true })
  }, [isOffered, hasStyle, path, setValue])

  return (
    <div className="grid gap-5 sm:grid-cols-2">
      {engineField}
      <Select
        label={t('agentForm.voice')}
        error={errorOf(`${path}.voice`)}
        disabled={engine === AUTOMATIC}
        {...register(`${path}.voice`)}
      >
        <option value="">{t('agentForm.defaultVoice')}</option>
        {voices.map((offered) => (
          <VoiceOption key={offered.id} voice={offered} />
        ))}
      </Select>
      {styles.length > 0 && (
        <Select label={t('agentForm.style')} error={errorOf(`${path}.style`)} {...register(`${path}.style`)}>
          <option value="">{t('agentForm.usualStyle')}</option>
          {styles.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      )}
      <div className="grid gap-5 sm:col-span-2 sm:grid-cols-2">
        <Scale path={path} field="speed" step={0.05} options={options} />
        <Scale path={path} field="pitch" step={0.5} options={options} />
      </div>
    </div>
  )
}

function VoiceOption({ voice: { id, name, language, gender } }: { voice: Voice }) {
  const { t } = useTranslation()
  const kind = gender === 'female' || gender === 'male' ? t(`agentForm.genders.${gender}`) : ''
  return <option value={id}>{[name, language, kind].filter(Boolean).join(' · ')}</option>
}

interface ScaleProps extends Omit<VoiceFieldsProps, 'engineField'> {
  field: 'speed' | 'pitch'
  step: number
}

function Scale({ path, field, step, options }: ScaleProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const value = format.decimal(useWatch({ control, name: `${path}.${field}` }))
  const { min, max } = options?.ranges[field] ?? AGENT_LIMITS[field]
  return (
    <Slider
      label={t(`agentForm.${field}`)}
      error={errorOf(`${path}.${field}`, { min, max })}
      step={step}
      min={min}
      max={max}
      shown={t(`agentForm.${field}Value`, { value })}
      {...register(`${path}.${field}`, { valueAsNumber: true })}
    />
  )
}
