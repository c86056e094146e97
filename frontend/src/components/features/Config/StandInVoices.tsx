import { useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { AGENT_LIMITS, type ConfigOptions } from '@/types'
import type { AgentValues } from './agentSchema'
import { DEFAULT_VOICE } from './defaults'
import { notYetChosen } from './engines'
import { EngineState } from './EngineState'
import { OrderedList } from './OrderedList'
import { useEngineNames } from './useEngineNames'
import { useFieldErrors } from './useFieldErrors'
import { VoiceFields } from './VoiceFields'
import { VoicePreview } from './VoicePreview'

/** Voices of other engines, in the order in which they are asked when those before them fail. */
export function StandInVoices({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const names = useEngineNames(options, 'tts')
  const errorOf = useFieldErrors()
  const { control } = useFormContext<AgentValues>()
  const [language, engine] = useWatch({ control, name: ['language', 'voice.engine'] })
  const { fields, append, move, remove } = useFieldArray({ control, name: 'stand_in_voices' })
  const taken = [engine, ...fields.map((standIn) => standIn.engine)]
  const isFull = fields.length >= AGENT_LIMITS.engines
  return (
    <OrderedList
      label={t('agentForm.standIns')}
      hint={t('agentForm.standInsHint')}
      error={errorOf('stand_in_voices')}
      fewest={0}
      items={fields.map((standIn, n) => ({
        key: standIn.id,
        name: names.of(standIn.engine),
        body: (
          <div className="space-y-4">
            <div className="flex flex-wrap items-center gap-3">
              <VoicePreview path={`stand_in_voices.${n}`} name={names.of(standIn.engine)} />
              <EngineState options={options} kind="tts" id={standIn.engine} language={language} />
            </div>
            <VoiceFields path={`stand_in_voices.${n}`} options={options} />
          </div>
        ),
      }))}
      addable={isFull ? [] : names.all(notYetChosen(options, 'tts', taken))}
      addLabel={t('agentForm.order.addVoice')}
      onAdd={(id) => append({ ...DEFAULT_VOICE, engine: id })}
      onMove={move}
      onRemove={remove}
    />
  )
}
