import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Choice } from '@/components/common/Choice'
import type { AgentValues } from './agentSchema'
import { PRESET_NAMES, presetOf, withPreset, type Preset } from './manners'
import { MannersInWords } from './MannersInWords'
import { TurnTakingNumbers } from './TurnTakingNumbers'

/** When the agent speaks and when it keeps silent: a preset, what it means, and the numbers behind it. */
export function TurnTakingSection() {
  const { t } = useTranslation()
  const { control, formState, setValue } = useFormContext<AgentValues>()
  const values = useWatch({ control, name: 'turn_taking' })
  const preset = presetOf(values)
  const isWrong = formState.errors.turn_taking !== undefined
  const [isOpen, setOpen] = useState(false)

  const choose = (chosen: Preset | 'own') => {
    if (chosen === 'own') return
    const { endpointing, barge_in, silence } = withPreset(values, chosen)
    const settings = { shouldDirty: true, shouldValidate: true }
    setValue('turn_taking.endpointing', endpointing, settings)
    setValue('turn_taking.barge_in', barge_in, settings)
    setValue('turn_taking.silence', silence, settings)
  }
  const choices: (Preset | 'own')[] = preset === null ? [...PRESET_NAMES, 'own'] : [...PRESET_NAMES]
  return (
    <div className="space-y-5">
      <Choice
        label={t('agentForm.presets.label')}
        value={preset ?? 'own'}
        onChange={choose}
        options={choices.map((value) => ({ value, label: t(`agentForm.presets.${value}`) }))}
      />
      <MannersInWords values={values} />
      <details
        open={isOpen || isWrong}
        onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
        className="group rounded border border-line"
      >
        <summary className="flex min-h-11 items-center justify-between gap-3 px-4 text-sm font-medium">
          {t('agentForm.numbers')}
          <ChevronDown className="size-4 text-muted transition-transform group-open:rotate-180" aria-hidden />
        </summary>
        <div className="border-t border-line p-4">
          <TurnTakingNumbers />
        </div>
      </details>
    </div>
  )
}
