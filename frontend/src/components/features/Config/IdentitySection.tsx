import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { AGENT_LIMITS, type ConfigOptions } from '@/types'
import type { AgentValues } from './agentSchema'
import { OtherLanguages, withoutOwn } from './OtherLanguages'
import { useFieldErrors } from './useFieldErrors'

/** What the agent is called and which language it speaks. */
export function IdentitySection({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, getValues, setValue } = useFormContext<AgentValues>()
  const language = register('language', {
    // What is the agent's own language now is no other one any more.
    onChange: () =>
      setValue('other_languages', withoutOwn(getValues('other_languages'), getValues('language')), {
        shouldDirty: true,
      }),
  })
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Input
        label={t('agentForm.name')}
        autoComplete="off"
        error={errorOf('name', { max: AGENT_LIMITS.name })}
        {...register('name')}
      />
      <Select label={t('agentForm.language')} error={errorOf('language')} {...language}>
        {languages(options, getValues('language')).map(({ tag, name }) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </Select>
      <OtherLanguages options={options} />
    </div>
  )
}

/** The languages on offer, and the agent's own even if it is no longer among them. */
function languages(options: ConfigOptions | null, current: string) {
  const offered = options?.languages ?? []
  return offered.some(({ tag }) => tag === current) ? offered : [...offered, { tag: current, name: current }]
}
