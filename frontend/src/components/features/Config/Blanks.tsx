import { useId, useState, type KeyboardEvent } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import type { AgentValues } from './agentSchema'
import { blanksIn, fillBlank } from './blanks'

const TEXTS = ['prompt', 'first_message', 'knowledge'] as const

/** What is still blank in the texts, each to be filled in everywhere at once. Nothing when nothing is. */
export function Blanks() {
  const { t } = useTranslation()
  const titleId = useId()
  const { control, getValues, setValue } = useFormContext<AgentValues>()
  const names = blanksIn(...useWatch({ control, name: TEXTS }))
  if (names.length === 0) return null

  const fill = (name: string, value: string) => {
    for (const field of TEXTS) {
      const text = getValues(field)
      const filled = fillBlank(text, name, value)
      if (filled !== text) setValue(field, filled, { shouldDirty: true, shouldValidate: true })
    }
  }
  return (
    <div role="group" aria-labelledby={titleId} className="rounded bg-agent-soft p-4">
      <h3 id={titleId} className="text-sm font-semibold">
        {t('agentForm.blanks.title', { count: names.length })}
      </h3>
      <p className="mt-1 text-sm">{t('agentForm.blanks.text')}</p>
      <ul className="mt-4 grid gap-4 sm:grid-cols-2">
        {names.map((name) => (
          <li key={name}>
            <Blank name={name} onFill={(value) => fill(name, value)} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Blank({ name, onFill }: { name: string; onFill: (value: string) => void }) {
  const { t } = useTranslation()
  const [value, setValue] = useState('')
  const isEmpty = value.trim() === ''
  const fillOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault() // It would save the agent.
    if (!isEmpty) onFill(value.trim())
  }
  return (
    <div className="flex items-end gap-2">
      <div className="min-w-0 flex-1">
        <Input
          label={name}
          autoComplete="off"
          value={value}
          onChange={({ target }) => setValue(target.value)}
          onKeyDown={fillOnEnter}
        />
      </div>
      <Button
        disabled={isEmpty}
        onClick={() => onFill(value.trim())}
        aria-label={t('agentForm.blanks.fillNamed', { name })}
      >
        {t('agentForm.blanks.fill')}
      </Button>
    </div>
  )
}
