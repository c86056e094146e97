import { useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { AGENT_LIMITS, type ConfigOptions, type EngineKind } from '@/types'
import type { AgentValues } from './agentSchema'
import { AUTOMATIC, engineOf, notYetChosen } from './engines'
import { EngineState } from './EngineState'
import { NumberField } from './NumberField'
import { OrderedList } from './OrderedList'
import { useEngineNames } from './useEngineNames'
import { useFieldErrors } from './useFieldErrors'

interface OfOptions {
  options: ConfigOptions | null
}

/** Which engines listen and think, and which take over when one fails. */
export function EnginesSection({ options }: OfOptions) {
  return (
    <div className="space-y-8">
      <ModelOrder options={options} />
      <RecogniserOrder options={options} />
      <VoiceDetector options={options} />
    </div>
  )
}

function ModelOrder({ options }: OfOptions) {
  const { t } = useTranslation()
  const names = useEngineNames(options, 'llm')
  const errorOf = useFieldErrors()
  const { control } = useFormContext<AgentValues>()
  const { fields, append, move, remove } = useFieldArray({ control, name: 'engines.llm' })
  const isFull = fields.length >= AGENT_LIMITS.engines
  return (
    <OrderedList
      label={t('agentForm.llm')}
      hint={t('agentForm.llmHint')}
      error={errorOf('engines.llm')}
      fewest={1}
      items={fields.map(({ id, engine }, n) => ({
        key: id,
        name: names.of(engine),
        body: <ModelFields options={options} index={n} engine={engine} />,
      }))}
      addable={
        isFull
          ? []
          : names.all(
              notYetChosen(
                options,
                'llm',
                fields.map(({ engine }) => engine),
              ),
            )
      }
      addLabel={t('agentForm.order.addModel')}
      onAdd={(engine) => append({ engine, model: '', temperature: null })}
      onMove={move}
      onRemove={remove}
    />
  )
}

function ModelFields({ options, index, engine }: OfOptions & { index: number; engine: string }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register } = useFormContext<AgentValues>()
  const own = engineOf(options, 'llm', engine)?.model ?? ''
  const { min, max } = options?.ranges.temperature ?? AGENT_LIMITS.temperature
  return (
    <div className="space-y-3">
      <OneState options={options} kind="llm" engine={engine} />
      <div className="grid gap-4 sm:grid-cols-2">
        {engine !== AUTOMATIC && (
          <Input
            label={t('agentForm.model')}
            hint={t('agentForm.modelHint')}
            placeholder={own === '' ? t('agentForm.engineDefault') : own}
            autoComplete="off"
            spellCheck={false}
            error={errorOf(`engines.llm.${index}.model`, { max: AGENT_LIMITS.model })}
            {...register(`engines.llm.${index}.model`)}
          />
        )}
        <NumberField
          field={`engines.llm.${index}.temperature`}
          label={t('agentForm.temperature')}
          hint={t('agentForm.temperatureHint')}
          placeholder={t('agentForm.engineDefault')}
          unit="share"
          limits={{ min, max }}
          whenEmpty={null}
        />
      </div>
    </div>
  )
}

function RecogniserOrder({ options }: OfOptions) {
  const { t } = useTranslation()
  const names = useEngineNames(options, 'stt')
  const errorOf = useFieldErrors()
  const { control } = useFormContext<AgentValues>()
  const { fields, append, move, remove } = useFieldArray({ control, name: 'engines.stt' })
  const isFull = fields.length >= AGENT_LIMITS.engines
  return (
    <OrderedList
      label={t('agentForm.stt')}
      hint={t('agentForm.sttHint')}
      error={errorOf('engines.stt')}
      fewest={1}
      items={fields.map(({ id, engine }) => ({
        key: id,
        name: names.of(engine),
        ...(engine !== AUTOMATIC && { body: <OneState options={options} kind="stt" engine={engine} /> }),
      }))}
      addable={
        isFull
          ? []
          : names.all(
              notYetChosen(
                options,
                'stt',
                fields.map(({ engine }) => engine),
              ),
            )
      }
      addLabel={t('agentForm.order.addRecogniser')}
      onAdd={(engine) => append({ engine })}
      onMove={move}
      onRemove={remove}
    />
  )
}

function VoiceDetector({ options }: OfOptions) {
  const { t } = useTranslation()
  const names = useEngineNames(options, 'vad')
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const chosen = useWatch({ control, name: 'engines.vad' })
  return (
    <div className="max-w-sm">
      <Select
        label={t('agentForm.vad')}
        hint={t('agentForm.vadHint')}
        error={errorOf('engines.vad')}
        {...register('engines.vad')}
      >
        {names.all([chosen, ...notYetChosen(options, 'vad', [chosen])]).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  )
}

function OneState({ options, kind, engine }: OfOptions & { kind: EngineKind; engine: string }) {
  const language = useWatch<AgentValues, 'language'>({ name: 'language' })
  return <EngineState options={options} kind={kind} id={engine} language={language} />
}
