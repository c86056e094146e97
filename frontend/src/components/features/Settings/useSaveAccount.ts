import { useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { fetchOptions } from '@/store/slices/configSlice'
import { createAccount, fetchAccounts, testDraft, updateAccount } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { Problem } from '@/types'
import type { ProviderAccount, ProviderKind, ProviderTrial } from '@/types/settings'
import { showServerErrors } from '@/utils/serverErrors'
import { accountDraft, type AccountValues } from './accountSchema'

/** Save or try out what the form holds. What the server refuses stands at the field that it means. */
export function useSaveAccount(
  form: UseFormReturn<AccountValues>,
  kind: ProviderKind,
  stored: ProviderAccount | undefined,
) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [trial, setTrial] = useState<ProviderTrial | null>(null)

  const refused = (problem: Problem) => {
    if (problem.code === 'account-exists') {
      form.setError('id', { type: 'server', message: t('settings.accounts.exists') }, { shouldFocus: true })
      return
    }
    const fields = ['id', 'key', ...kind.fields.map(({ name }) => `settings.${name}`)]
    const words = (_field: string, reason: string) => {
      if (problem.code === 'key-needed') return t('settings.errors.keyNeeded')
      if (problem.code === 'reserved-name') return t('settings.accounts.reserved')
      return t('settings.errors.refused', { reason })
    }
    if (!showServerErrors(form, problem, fields, words)) toast.problem(problem)
    // Someone else was faster: what is stored now is shown behind the form, which keeps what was typed.
    if (problem.code === 'stale-version') void dispatch(fetchAccounts())
  }

  /** Return whether it was saved. */
  const save = async (values: AccountValues): Promise<boolean> => {
    setTrial(null)
    const draft = accountDraft(values)
    const result =
      stored === undefined
        ? await dispatch(createAccount(draft))
        : await dispatch(updateAccount({ draft, version: stored.version }))
    if (!createAccount.fulfilled.match(result) && !updateAccount.fulfilled.match(result)) {
      refused(problemOf(result))
      return false
    }
    toast.success(t('settings.accounts.saved', { name: result.payload.id }))
    void dispatch(fetchOptions()) // its engines are at once to be had
    return true
  }

  const tryOut = async (values: AccountValues): Promise<void> => {
    setTrial(null)
    const result = await dispatch(testDraft(accountDraft(values)))
    if (testDraft.fulfilled.match(result)) setTrial(result.payload)
    else refused(problemOf(result))
  }

  return { save, tryOut, trial }
}
