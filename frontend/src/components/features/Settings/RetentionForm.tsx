import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Input } from '@/components/common/Input'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useConfirmed } from '@/hooks/useConfirmed'
import { useToast } from '@/hooks/useToast'
import { saveRetention } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { Retention } from '@/types/settings'
import { showServerErrors } from '@/utils/serverErrors'
import {
  deletesMore,
  retentionOf,
  retentionSchema,
  retentionValues,
  type RetentionValues,
} from './retentionSchema'
import { useErrorText } from './useErrorText'

/** How many days calls and recordings are kept. Asks before anything is deleted that was to be kept. */
export function RetentionForm({ current }: { current: Retention }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const errorText = useErrorText()
  const form = useForm<RetentionValues>({
    resolver: zodResolver(retentionSchema),
    defaultValues: retentionValues(current),
  })
  const { errors, isDirty, isSubmitting } = form.formState

  const save = async (retention: Retention) => {
    const result = await dispatch(saveRetention(retention))
    if (saveRetention.fulfilled.match(result)) {
      form.reset(retentionValues(result.payload))
      toast.success(t('settings.retention.saved'))
      return
    }
    const problem = problemOf(result)
    const words = (_field: string, reason: string) => t('settings.errors.refused', { reason })
    if (!showServerErrors(form, problem, ['days', 'recordings_days'], words)) toast.problem(problem)
  }
  const shortening = useConfirmed(save)

  const submit = form.handleSubmit(async (values) => {
    const next = retentionOf(values)
    if (deletesMore(current, next)) shortening.ask(next)
    else await save(next)
  })

  const field = (name: keyof RetentionValues) => (
    <Input
      label={t(`settings.retention.${name}`)}
      hint={t('settings.retention.hint')}
      inputMode="numeric"
      autoComplete="off"
      placeholder={t('settings.retention.forEver')}
      error={errorText(errors[name]?.message)}
      {...form.register(name)}
    />
  )
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
      <div className="grid gap-5 sm:grid-cols-2">
        {field('days')}
        {field('recordings_days')}
      </div>
      <div className="flex justify-end">
        <Button type="submit" tone="primary" busy={isSubmitting} disabled={!isDirty}>
          {t('settings.retention.save')}
        </Button>
      </div>
      <ConfirmDialog
        open={shortening.subject !== null}
        title={t('settings.retention.confirmTitle')}
        text={t('settings.retention.confirmText')}
        confirmLabel={t('settings.retention.confirm')}
        cancelLabel={t('common.cancel')}
        busy={shortening.isBusy}
        onConfirm={() => void shortening.confirm()}
        onCancel={shortening.cancel}
      />
    </form>
  )
}
