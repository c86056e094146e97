import { zodResolver } from '@hookform/resolvers/zod'
import { useController, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Textarea } from '@/components/common/Input'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useLeaveGuard } from '@/hooks/useLeaveGuard'
import { useToast } from '@/hooks/useToast'
import { annotateCall } from '@/store/slices/callsSlice'
import { problemOf } from '@/store/thunks'
import { CALL_LIMITS, type CallDetail } from '@/types/calls'
import { notesSchema, type NotesValues } from './notesSchema'
import { Section } from './Section'
import { TagsField } from './TagsField'

/** What people write beside a call. Leaving with something unsaved is asked about. */
export function CallNotesForm({ detail }: { detail: Pick<CallDetail, 'id' | 'note' | 'tags'> }) {
  const { t, i18n } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const { control, formState, handleSubmit, register, reset, setError } = useForm<NotesValues>({
    resolver: zodResolver(notesSchema),
    defaultValues: { note: detail.note, tags: detail.tags },
  })
  const tags = useController({ control, name: 'tags' })
  const { isDirty, isSubmitting, errors } = formState
  const guard = useLeaveGuard(isDirty, { unload: true })

  const errorText = (code: string | undefined) => {
    const key = `callNotes.errors.${code ?? ''}`
    // What the server refuses comes in its own words.
    return code !== undefined && i18n.exists(key)
      ? (t as (key: string, values: object) => string)(key, CALL_LIMITS)
      : code
  }
  const save = handleSubmit(async (notes) => {
    const result = await dispatch(annotateCall({ id: detail.id, notes }))
    if (annotateCall.fulfilled.match(result)) {
      reset({ note: result.payload.note, tags: result.payload.tags })
      toast.success(t('callNotes.saved'))
      return
    }
    const problem = problemOf(result)
    for (const { field, message } of problem.errors) {
      const name = field.split('.')[0]
      if (name === 'note' || name === 'tags') setError(name, { message })
    }
    toast.problem(problem)
  })
  return (
    <Section title={t('callNotes.title')}>
      <form className="space-y-4" noValidate onSubmit={(event) => void save(event)}>
        <Textarea
          label={t('callNotes.note')}
          rows={4}
          dir="auto"
          error={errorText(errors.note?.message)}
          {...register('note')}
        />
        <TagsField
          tags={tags.field.value}
          error={errorText(errors.tags?.message ?? errors.tags?.find?.((it) => it !== undefined)?.message)}
          onChange={tags.field.onChange}
        />
        <Button type="submit" tone="primary" disabled={!isDirty} busy={isSubmitting}>
          {t('callNotes.save')}
        </Button>
      </form>
      <ConfirmDialog
        open={guard.state === 'blocked'}
        title={t('callNotes.leaveTitle')}
        text={t('callNotes.leaveText')}
        confirmLabel={t('callNotes.leave')}
        cancelLabel={t('callNotes.stay')}
        onConfirm={() => guard.proceed?.()}
        onCancel={() => guard.reset?.()}
      />
    </Section>
  )
}
