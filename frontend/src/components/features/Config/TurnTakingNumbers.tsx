import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberField } from './NumberField'
import { SwitchField } from './SwitchField'
import { TURN_TAKING_LIMITS } from './turnTakingSchema'
import { WordsField } from './WordsField'

const { endpointing, barge_in, silence, limits } = TURN_TAKING_LIMITS

/** Every wait and limit of a conversation, for those who want to set them one by one. */
export function TurnTakingNumbers() {
  return (
    <div className="space-y-8">
      <Pauses />
      <Interruptions />
      <Silences />
      <Ends />
    </div>
  )
}

function Pauses() {
  const { t } = useTranslation()
  const path = 'turn_taking.endpointing'
  return (
    <Group title={t('agentForm.pauses.title')}>
      <Wide>
        <SwitchField field={`${path}.adaptive`} label={t('agentForm.pauses.adaptive')}>
          {t('agentForm.pauses.adaptiveHint')}
        </SwitchField>
      </Wide>
      <NumberField
        field={`${path}.min_pause_ms`}
        label={t('agentForm.pauses.min')}
        hint={t('agentForm.pauses.minHint')}
        unit="milliseconds"
        limits={endpointing.min_pause_ms}
      />
      <NumberField
        field={`${path}.max_pause_ms`}
        label={t('agentForm.pauses.max')}
        hint={t('agentForm.pauses.maxHint')}
        unit="milliseconds"
        limits={endpointing.max_pause_ms}
      />
      <NumberField
        field={`${path}.finished_above`}
        label={t('agentForm.pauses.finishedAbove')}
        hint={t('agentForm.pauses.finishedAboveHint')}
        unit="share"
        limits={endpointing.finished_above}
      />
      <NumberField
        field={`${path}.final_transcript_timeout_ms`}
        label={t('agentForm.pauses.transcript')}
        hint={t('agentForm.pauses.transcriptHint')}
        unit="milliseconds"
        limits={endpointing.final_transcript_timeout_ms}
      />
      <NumberField
        field={`${path}.max_utterance_ms`}
        label={t('agentForm.pauses.utterance')}
        hint={t('agentForm.pauses.utteranceHint')}
        unit="seconds"
        limits={endpointing.max_utterance_ms}
      />
      <Wide>
        <WordsField
          field={`${path}.connectives`}
          label={t('agentForm.pauses.connectives')}
          hint={t('agentForm.pauses.connectivesHint')}
        />
      </Wide>
      <Wide>
        <WordsField
          field={`${path}.closings`}
          label={t('agentForm.pauses.closings')}
          hint={t('agentForm.pauses.closingsHint')}
        />
      </Wide>
      <Wide>
        <WordsField
          field={`${path}.numerals`}
          label={t('agentForm.pauses.numerals')}
          hint={t('agentForm.pauses.numeralsHint')}
        />
      </Wide>
    </Group>
  )
}

function Interruptions() {
  const { t } = useTranslation()
  const path = 'turn_taking.barge_in'
  return (
    <Group title={t('agentForm.interruptions.title')}>
      <Wide>
        <SwitchField field={`${path}.enabled`} label={t('agentForm.interruptions.enabled')}>
          {t('agentForm.interruptions.enabledHint')}
        </SwitchField>
      </Wide>
      <NumberField
        field={`${path}.min_words`}
        label={t('agentForm.interruptions.words')}
        hint={t('agentForm.interruptions.wordsHint')}
        unit="count"
        limits={barge_in.min_words}
      />
      <NumberField
        field={`${path}.max_hold_ms`}
        label={t('agentForm.interruptions.hold')}
        hint={t('agentForm.interruptions.holdHint')}
        unit="milliseconds"
        limits={barge_in.max_hold_ms}
      />
      <Wide>
        <WordsField
          field={`${path}.backchannels`}
          label={t('agentForm.interruptions.backchannels')}
          hint={t('agentForm.interruptions.backchannelsHint')}
        />
      </Wide>
    </Group>
  )
}

const SILENCES = [
  { name: 'idle_prompt_after_ms', unit: 'seconds' },
  { name: 'max_idle_prompts', unit: 'count' },
  { name: 'filler_after_ms', unit: 'milliseconds' },
  { name: 'give_up_after_ms', unit: 'milliseconds' },
  { name: 'max_failures', unit: 'count' },
  { name: 'reprompt_after_voiced_ms', unit: 'milliseconds' },
  { name: 'hold_ms', unit: 'seconds' },
] as const

function Silences() {
  const { t } = useTranslation()
  return (
    <Group title={t('agentForm.silences.title')}>
      {SILENCES.map(({ name, unit }) => (
        <NumberField
          key={name}
          field={`turn_taking.silence.${name}`}
          label={t(`agentForm.silences.${name}.label`)}
          hint={t(`agentForm.silences.${name}.hint`)}
          unit={unit}
          limits={silence[name]}
        />
      ))}
    </Group>
  )
}

const ENDS = [
  { name: 'max_call_ms', unit: 'minutes' },
  { name: 'goodbye_ms', unit: 'seconds' },
  { name: 'settle_ms', unit: 'milliseconds' },
  { name: 'transfer_ms', unit: 'seconds' },
  { name: 'max_turns', unit: 'count' },
] as const

function Ends() {
  const { t } = useTranslation()
  return (
    <Group title={t('agentForm.ends.title')}>
      {ENDS.map(({ name, unit }) => (
        <NumberField
          key={name}
          field={`turn_taking.limits.${name}`}
          label={t(`agentForm.ends.${name}.label`)}
          hint={t(`agentForm.ends.${name}.hint`)}
          unit={unit}
          limits={limits[name]}
        />
      ))}
    </Group>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-4 text-sm font-semibold">{title}</legend>
      <div className="grid gap-5 sm:grid-cols-2">{children}</div>
    </fieldset>
  )
}

function Wide({ children }: { children: ReactNode }) {
  return <div className="min-w-0 sm:col-span-2">{children}</div>
}
