import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import { AGENT_LIMITS } from '@/types'
import type { AgentValues } from './agentSchema'
import { Blanks } from './Blanks'
import { tokenEstimate } from './blanks'
import { FirstSpeaker } from './FirstSpeaker'
import { HighlightedText } from './HighlightedText'
import { useFieldErrors } from './useFieldErrors'

interface LongTextProps {
  field: 'prompt' | 'first_message' | 'knowledge'
  label: string
  hint: string
  rows: number
}

/** What the agent says and knows. */
export function PromptEditor() {
  const { t } = useTranslation()
  return (
    <div className="space-y-6">
      <LongText field="prompt" label={t('agentForm.prompt')} hint={t('agentForm.promptHint')} rows={9} />
      <FirstSpeaker />
      <LongText
        field="first_message"
        label={t('agentForm.firstMessage')}
        hint={t('agentForm.firstMessageHint')}
        rows={2}
      />
      <LongText
        field="knowledge"
        label={t('agentForm.knowledge')}
        hint={t('agentForm.knowledgeHint')}
        rows={6}
      />
      <Blanks />
    </div>
  )
}

function LongText({ field, label, hint, rows }: LongTextProps) {
  const format = useFormat()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const text = useWatch({ control, name: field })
  const max = AGENT_LIMITS[field]
  return (
    <HighlightedText
      label={label}
      rows={rows}
      text={text}
      error={errorOf(field, { max: format.number(max) })}
      hint={
        <span className="flex flex-wrap justify-between gap-x-4 gap-y-1">
          <span className="max-w-prose">{hint}</span>
          <Length text={text} max={max} />
        </span>
      }
      {...register(field)}
    />
  )
}

function Length({ text, max }: { text: string; max: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const counts = {
    length: format.number(text.length),
    max: format.number(max),
    tokens: format.number(tokenEstimate(text)),
  }
  return <span className="figures ml-auto text-xs">{t('agentForm.length', counts)}</span>
}
