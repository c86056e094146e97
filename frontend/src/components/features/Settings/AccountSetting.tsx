import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import type { ProviderField } from '@/types/settings'
import type { AccountValues } from './accountSchema'
import { useErrorText } from './useErrorText'

const NAMED = [
  'api_version',
  'base_url',
  'endpoint',
  'model',
  'region',
  'stt_model',
  'timeout_ms',
  'tts_model',
  'voice',
] as const

type Named = (typeof NAMED)[number]

/** One setting of an account, as its kind describes it. */
export function AccountSetting({ field }: { field: ProviderField }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { register, formState } = useFormContext<AccountValues>()
  const { name, type, required, default: standard, choices } = field
  const label = isNamed(name) ? t(`settings.fields.${name}`) : name
  const error = errorText(formState.errors.settings?.[name]?.message)
  if (type === 'choice') {
    return (
      <Select label={label} error={error} {...register(`settings.${name}`)}>
        <option value="">{standard === '' ? t('settings.accounts.none') : standard}</option>
        {choices
          .filter((choice) => choice !== standard)
          .map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
      </Select>
    )
  }
  return (
    <Input
      label={required ? label : t('settings.accounts.optional', { label })}
      hint={standard === '' ? undefined : t('settings.accounts.standard', { value: standard })}
      error={error}
      inputMode={type === 'url' ? 'url' : 'text'}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      {...register(`settings.${name}`)}
    />
  )
}

function isNamed(name: string): name is Named {
  return NAMED.some((known) => known === name)
}
