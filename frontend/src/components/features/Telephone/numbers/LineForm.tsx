import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectAgents, selectAllAgents, selectOptions } from '@/store/slices/configSlice'
import { selectCarriers } from '@/store/slices/telephonySlice'
import type { PhoneLine } from '@/types/telephony'
import { AgentSelect } from '../common/AgentSelect'
import { carrierName } from '../common/carrierName'
import { useErrorText } from '../common/useErrorText'
import { lineSchema, lineValues, type LineValues } from './lineSchema'
import { useSaveLine } from './useSaveLine'

interface LineFormProps {
  /** The line to be changed; without it, a new one is made. */
  stored?: PhoneLine | undefined
  onSaved: () => void
}

/** A number, who answers it, and in which language. */
export function LineForm({ stored, onSaved }: LineFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const carriers = useAppSelector(selectCarriers).value
  const languages = useAppSelector(selectOptions)?.languages ?? []
  const agents = useAnswering(stored)
  const form = useForm<LineValues>({
    resolver: zodResolver(lineSchema),
    defaultValues: lineValues(stored, carriers),
  })
  const { register, formState } = form
  const { errors, isSubmitting } = formState
  const save = useSaveLine(form, stored)
  const submit = form.handleSubmit(async (values) => {
    if (await save(values)) onSaved()
  })

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
      <Input
        label={t('phone.number')}
        hint={t('phone.numberHint')}
        type="tel"
        autoComplete="off"
        className="figures"
        error={errorText(errors.number?.message)}
        {...register('number')}
      />
      <AgentSelect
        label={t('phone.lines.agent')}
        agents={agents}
        error={errorText(errors.agent_id?.message)}
        {...register('agent_id')}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <Select
          label={t('phone.lines.carrier')}
          error={errorText(errors.carrier?.message)}
          {...register('carrier')}
        >
          {carriers.map(({ name, configured }) => (
            <option key={name} value={name}>
              {configured
                ? carrierName(name)
                : t('phone.lines.notConfigured', { carrier: carrierName(name) })}
            </option>
          ))}
        </Select>
        <Select
          label={t('phone.lines.language')}
          error={errorText(errors.language?.message)}
          {...register('language')}
        >
          <option value="">{t('phone.lines.agentsOwn')}</option>
          {languages.map(({ tag, name }) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </Select>
      </div>
      <Input
        label={t('phone.lines.label')}
        hint={t('phone.lines.labelHint')}
        autoComplete="off"
        error={errorText(errors.label?.message)}
        {...register('label')}
      />
      <div className="flex justify-end">
        <Button type="submit" tone="primary" busy={isSubmitting}>
          {t('phone.save')}
        </Button>
      </div>
    </form>
  )
}

/** The agents that take calls, and the one that answers the line now whatever has become of it. */
function useAnswering(stored: PhoneLine | undefined) {
  const active = useAppSelector(selectAgents)
  const current = useAppSelector(selectAllAgents).find(({ id }) => id === stored?.agent_id)
  return current === undefined || active.includes(current) ? active : [...active, current]
}
