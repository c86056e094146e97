import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Select } from '@/components/common/Select'
import type { ConfigOptions } from '@/types'
import type { AgentValues } from './agentSchema'
import { AUTOMATIC, notYetChosen } from './engines'
import { EngineState } from './EngineState'
import { StandInVoices } from './StandInVoices'
import { useEngineNames } from './useEngineNames'
import { useFieldErrors } from './useFieldErrors'
import { VoiceFields } from './VoiceFields'
import { VoicePreview } from './VoicePreview'

/** How the agent sounds, and who speaks for it when that voice's engine fails. */
export function VoiceSelector({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const names = useEngineNames(options, 'tts')
  const { register, control } = useFormContext<AgentValues>()
  const [language, engine, standIns] = useWatch({
    control,
    name: ['language', 'voice.engine', 'stand_in_voices'],
  })
  const taken = standIns.map((standIn) => standIn.engine)
  return (
    <div className="space-y-6">
      <div className="space-y-5">
        <VoiceFields
          path="voice"
          options={options}
          engineField={
            <Select
              label={t('agentForm.engine')}
              error={errorOf('voice.engine')}
              hint={engine === AUTOMATIC ? t('agentForm.automaticHint') : undefined}
              {...register('voice.engine')}
            >
              {names.all(notYetChosen(options, 'tts', taken)).map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {options?.engines.tts.some(({ id }) => id === engine) === true || engine === AUTOMATIC || (
                <option value={engine}>{engine}</option>
              )}
            </Select>
          }
        />
        <div className="flex flex-wrap items-center gap-3">
          <VoicePreview path="voice" name={names.of(engine)} />
          <EngineState options={options} kind="tts" id={engine} language={language} />
        </div>
      </div>
      <StandInVoices options={options} />
    </div>
  )
}
