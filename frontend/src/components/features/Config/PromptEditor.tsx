import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Textarea } from '@/components/common/Input'
import { useFormat } from '@/hooks/useFormat'
import { AGENT_LIMITS } from '@/types'
import type { AgentValues } from './agentSchema'
import { useFieldErrors } from './useFieldErrors'

const TEXTS = [
  { field: 'prompt', label: 'agentForm.prompt', hint: 'agentForm.promptHint', rows: 9 },
  { field: 'first_message', label: 'agentForm.firstMessage', hint: 'agentForm.firstMessageHint', rows: 2 },
  { field: 'knowledge', label: 'agentForm.knowledge', hint: 'agentForm.knowledgeHint', rows: 6 },
] as const

/** From this share of its limit on, a text says how long it is. */
const COUNT_FROM = 0.8

/** What the agent says and knows. */
export function PromptEditor() {
  return (
    <div className="space-y-5">
      {TEXTS.map((text) => (
        <LongText key={text.field} {...text} />
      ))}
    </div>
  )
}

function LongText({ field, label, hint, rows }: (typeof TEXTS)[number]) {
  const { t } = useTranslation()
  const format = useFormat()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const { length } = useWatch({ control, name: field })
  const max = AGENT_LIMITS[field]
  return (
    <Textarea
      label={t(label)}
      rows={rows}
      error={errorOf(field, max)}
      hint={
        <>
          {t(hint)}
          {length > max * COUNT_FROM && (
            <span className="block">
              {t('agentForm.characters', { count: length, max: format.number(max) })}
            </span>
          )}
        </>
      }
      {...register(field)}
    />
  )
}
