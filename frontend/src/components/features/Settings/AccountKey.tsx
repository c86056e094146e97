import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import type { ProviderAccount, ProviderKind } from '@/types/settings'
import { hasMoved, type AccountValues } from './accountSchema'
import { useErrorText } from './useErrorText'

interface AccountKeyProps {
  kind: ProviderKind
  stored: ProviderAccount | undefined
  isNeeded: boolean
}

/** The provider's key: it goes in and is never shown again. Says when the stored one no longer fits. */
export function AccountKey({ kind, stored, isNeeded }: AccountKeyProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { register, control, formState } = useFormContext<AccountValues>()
  const settings = useWatch({ control, name: 'settings' })
  const keeps = stored?.has_key === true
  const moved = keeps && hasMoved(kind, stored, settings)
  const hint = () => {
    if (moved) return t('settings.accounts.keyMoved')
    return keeps ? t('settings.accounts.keyKept') : t('settings.accounts.keyHint')
  }
  const label = t('settings.accounts.key')
  return (
    <div className="space-y-3">
      <Input
        label={isNeeded || keeps ? label : t('settings.accounts.optional', { label })}
        hint={hint()}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        placeholder={keeps && !moved ? '••••••••••••' : undefined}
        error={errorText(formState.errors.key?.message)}
        {...register('key')}
      />
      {keeps && !kind.needs_key && (
        <label className="flex min-h-10 items-center gap-3 text-sm">
          <input type="checkbox" className="size-4 accent-primary" {...register('forgetKey')} />
          {t('settings.accounts.forgetKey')}
        </label>
      )}
    </div>
  )
}
