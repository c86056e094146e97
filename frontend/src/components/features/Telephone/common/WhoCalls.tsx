import { useTranslation } from 'react-i18next'
import type { FieldErrors, UseFormRegister } from 'react-hook-form'
import { Select } from '@/components/common/Select'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectAgents } from '@/store/slices/configSlice'
import { selectLines } from '@/store/slices/telephonySlice'
import { AgentSelect } from './AgentSelect'
import { useErrorText } from './useErrorText'

interface Calling {
  agent_id: string
  from: string
}

interface WhoCallsProps {
  register: UseFormRegister<Calling>
  errors: FieldErrors<Calling>
  /** Another agent or number was chosen. */
  onChange?: () => void
}

/** The agent that calls, and on which of our numbers. */
export function WhoCalls({ register, errors, onChange }: WhoCallsProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const agents = useAppSelector(selectAgents)
  const telling = onChange === undefined ? {} : { onChange }
  const lines = useAppSelector(selectLines).value
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <AgentSelect
        label={t('outbound.agent')}
        agents={agents}
        error={errorText(errors.agent_id?.message)}
        {...register('agent_id', telling)}
      />
      <Select
        label={t('outbound.from')}
        hint={t('outbound.fromHint')}
        error={errorText(errors.from?.message)}
        {...register('from', telling)}
      >
        <option value="">{t('outbound.anyLine')}</option>
        {lines.map(({ id, number, label }) => (
          <option key={id} value={number}>
            {label === '' ? number : `${number} · ${label}`}
          </option>
        ))}
      </Select>
    </div>
  )
}
