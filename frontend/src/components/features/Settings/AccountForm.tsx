import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { FormProvider, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import type { ProviderAccount, ProviderKind } from '@/types/settings'
import { accountSchema, accountValues, needsKey, type AccountValues } from './accountSchema'
import { AccountKey } from './AccountKey'
import { AccountSetting } from './AccountSetting'
import { TrialResult } from './TrialResult'
import { useErrorText } from './useErrorText'
import { useSaveAccount } from './useSaveAccount'

interface AccountFormProps {
  kind: ProviderKind
  /** The account to be changed; without it, a new one is made. */
  stored?: ProviderAccount | undefined
  /** Names that other accounts have. */
  taken: readonly string[]
  onSaved: () => void
}

/** The fields of one kind of provider. Keep it under a `key` of the kind: another kind has other fields. */
export function AccountForm({ kind, stored, taken, onSaved }: AccountFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const form = useForm<AccountValues>({
    resolver: zodResolver(accountSchema(kind, stored)),
    defaultValues: accountValues(kind, stored, taken),
  })
  const { errors, isSubmitting } = form.formState
  const { save, tryOut, trial } = useSaveAccount(form, kind, stored)
  const [isTrying, setTrying] = useState(false)
  const { settings, key, forgetKey } = useWatch({ control: form.control, compute: (values) => values })
  // A draft is tested with the key in the form: the stored one is not for trying out other settings.
  const lacksKey = key === '' && (kind.needs_key || (stored?.has_key === true && !forgetKey))

  const submit = form.handleSubmit(async (values) => {
    if (await save(values)) onSaved()
  })
  const test = form.handleSubmit(async (values) => {
    setTrying(true)
    await tryOut(values)
    setTrying(false)
  })

  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
        {stored === undefined && (
          <Input
            label={t('settings.accounts.name')}
            hint={t('settings.accounts.nameHint')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            error={errorText(errors.id?.message)}
            {...form.register('id')}
          />
        )}
        {kind.fields.map((field) => (
          <AccountSetting key={field.name} field={field} />
        ))}
        <AccountKey kind={kind} stored={stored} isNeeded={needsKey(kind, stored, settings, forgetKey)} />
        {trial && <TrialResult trial={trial} />}
        <div className="flex flex-wrap justify-end gap-3">
          <Button
            busy={isTrying}
            disabled={lacksKey}
            title={lacksKey ? t('settings.accounts.testNeedsKey') : undefined}
            onClick={(event) => void test(event)}
          >
            {t('settings.accounts.test')}
          </Button>
          <Button type="submit" tone="primary" busy={isSubmitting && !isTrying}>
            {t('settings.accounts.save')}
          </Button>
        </div>
      </form>
    </FormProvider>
  )
}
