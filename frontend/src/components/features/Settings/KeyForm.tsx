import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { createKey } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { NewApiKey } from '@/types/settings'
import { showServerErrors } from '@/utils/serverErrors'
import { keyDraft, keySchema, LIFETIMES, type KeyValues } from './keySchema'
import { useErrorText } from './useErrorText'

/** A name for a new key, and how long it is good for. */
export function KeyForm({ onCreated }: { onCreated: (key: NewApiKey) => void }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const errorText = useErrorText()
  const form = useForm<KeyValues>({
    resolver: zodResolver(keySchema),
    defaultValues: { name: '', lifetime: '' },
  })
  const { errors, isSubmitting } = form.formState

  const submit = async (values: KeyValues) => {
    const result = await dispatch(createKey(keyDraft(values, Date.now())))
    if (createKey.fulfilled.match(result)) {
      onCreated(result.payload)
      return
    }
    const problem = problemOf(result)
    const words = (_field: string, reason: string) => t('settings.errors.refused', { reason })
    if (!showServerErrors(form, problem, ['name'], words)) toast.problem(problem)
  }

  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit(submit)(event)} className="space-y-5">
      <Input
        label={t('settings.keys.name')}
        hint={t('settings.keys.nameHint')}
        autoComplete="off"
        error={errorText(errors.name?.message)}
        {...form.register('name')}
      />
      <Select label={t('settings.keys.lifetime')} {...form.register('lifetime')}>
        {LIFETIMES.map((days) => (
          <option key={days} value={days}>
            {days === '' ? t('settings.keys.forEver') : t('settings.days', { count: Number(days) })}
          </option>
        ))}
      </Select>
      <div className="flex justify-end">
        <Button type="submit" tone="primary" busy={isSubmitting}>
          {t('settings.keys.create')}
        </Button>
      </div>
    </form>
  )
}
