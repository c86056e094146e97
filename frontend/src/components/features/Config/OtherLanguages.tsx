import { useId } from 'react'
import { useController, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { AGENT_LIMITS, type ConfigOptions } from '@/types'
import type { AgentValues } from './agentSchema'
import { useFieldErrors } from './useFieldErrors'

/** Languages that callers may speak instead of the agent's own, which is not among them. */
export function OtherLanguages({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const id = useId()
  const error = useFieldErrors()('other_languages')
  const { control } = useFormContext<AgentValues>()
  const { field } = useController({ control, name: 'other_languages' })
  const own = useWatch({ control, name: 'language' })
  const offered = choices(options, own, field.value)
  if (offered.length === 0) return null

  const toggle = (tag: string) =>
    field.onChange(
      field.value.includes(tag) ? field.value.filter((other) => other !== tag) : [...field.value, tag],
    )
  const isFull = field.value.length >= AGENT_LIMITS.other_languages
  return (
    <fieldset aria-describedby={`${id}-hint`} className="sm:col-span-2">
      <legend className="text-sm font-medium">{t('agentForm.otherLanguages')}</legend>
      <div className="mt-1.5 flex flex-wrap gap-x-5 gap-y-2">
        {offered.map(({ tag, name }) => {
          const isChosen = field.value.includes(tag)
          return (
            <label key={tag} className="flex cursor-pointer items-center gap-2 text-sm">
              <input
                type="checkbox"
                className="size-4 accent-primary"
                checked={isChosen}
                disabled={isFull && !isChosen}
                onChange={() => toggle(tag)}
                onBlur={field.onBlur}
              />
              {name}
            </label>
          )
        })}
      </div>
      <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
        {t('agentForm.otherLanguagesHint')}
      </p>
      {error && <p className="mt-1 text-sm text-danger">{error}</p>}
    </fieldset>
  )
}

/** What is on offer besides the agent's own language, and what was chosen even if it is no longer on offer. */
function choices(options: ConfigOptions | null, own: string, chosen: readonly string[]) {
  const offered = (options?.languages ?? []).filter(({ tag }) => baseOf(tag) !== baseOf(own))
  const missing = chosen.filter((tag) => !offered.some((language) => language.tag === tag))
  return [...offered, ...missing.map((tag) => ({ tag, name: tag }))]
}

/** The tags whose language is not that of `own`, whatever the region. */
export function withoutOwn(tags: readonly string[], own: string): string[] {
  return tags.filter((tag) => baseOf(tag) !== baseOf(own))
}

function baseOf(tag: string): string {
  return tag.split('-', 1)[0] ?? tag
}
