import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm, useWatch, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Choice } from '@/components/common/Choice'
import { Input } from '@/components/common/Input'
import { Notice } from '@/components/common/Notice'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { placeCall } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import { Retries } from '../common/Retries'
import { useAgentVariables } from '../common/useAgentVariables'
import { useErrorText } from '../common/useErrorText'
import { useShowRefusal } from '../common/useShowRefusal'
import { WhoCalls } from '../common/WhoCalls'
import { callDraft, callSchema, NEW_CALL, newKey, type CallValues } from './callSchema'

/** Have an agent call somebody. */
export function CallForm({ onPlaced }: { onPlaced: () => void }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const errorText = useErrorText()
  const form = useForm<CallValues>({ resolver: zodResolver(callSchema), defaultValues: NEW_CALL })
  const { register, control, formState } = form
  const { errors, isSubmitting } = formState
  const [key] = useState(newKey)
  const { agent_id, when, max_attempts } = useWatch({ control, compute: (values) => values })
  const names = useAgentVariables(agent_id)
  const refusal = useShowRefusal(form, ['agent_id', 'to', 'from', 'not_before'])

  const submit = form.handleSubmit(async (values) => {
    refusal.clear()
    const result = await dispatch(placeCall(callDraft(values, names, key)))
    if (placeCall.fulfilled.match(result)) {
      toast.success(t(values.when === 'now' ? 'outbound.placed' : 'outbound.scheduled'))
      onPlaced()
    } else refusal.show(problemOf(result))
  })

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
      <Input
        label={t('outbound.to')}
        hint={t('phone.numberHint')}
        type="tel"
        autoComplete="off"
        className="figures"
        error={errorText(errors.to?.message)}
        {...register('to')}
      />
      <WhoCalls register={register} errors={errors} />
      {names.length > 0 && <VariableFields form={form} names={names} />}
      <Choice
        label={t('outbound.when')}
        value={when}
        onChange={(value) => form.setValue('when', value, { shouldDirty: true })}
        options={[
          { value: 'now', label: t('outbound.now') },
          { value: 'later', label: t('outbound.later') },
        ]}
      />
      {when === 'later' && (
        <Input
          type="datetime-local"
          label={t('outbound.notBefore')}
          error={errorText(errors.not_before?.message)}
          {...register('not_before')}
        />
      )}
      <Retries register={register} errors={errors} attempts={max_attempts} />
      {refusal.notice !== null && <Notice tone="error">{refusal.notice}</Notice>}
      <div className="flex justify-end">
        <Button type="submit" tone="primary" busy={isSubmitting}>
          {t(when === 'now' ? 'outbound.call' : 'outbound.schedule')}
        </Button>
      </div>
    </form>
  )
}

/** What the agent's texts leave open, one field each. */
function VariableFields({ form, names }: { form: UseFormReturn<CallValues>; names: readonly string[] }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return (
    <fieldset className="rounded bg-agent-soft p-4">
      <legend className="float-left mb-1 w-full text-sm font-semibold">{t('outbound.variables')}</legend>
      <p className="clear-both mb-4 text-sm">{t('outbound.variablesHint')}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        {names.map((name) => (
          <Input
            key={name}
            label={name}
            autoComplete="off"
            error={errorText(form.formState.errors.variables?.[name]?.message)}
            {...form.register(`variables.${name}`)}
          />
        ))}
      </div>
    </fieldset>
  )
}
