import type { FieldErrors, UseFormRegister } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Select } from '@/components/common/Select'
import { ATTEMPTS, RETRY_MINUTES } from '../outbound/callSchema'
import { useErrorText } from './useErrorText'

interface Retrying {
  max_attempts: string
  retry_min: string
}

interface RetriesProps {
  register: UseFormRegister<Retrying>
  errors: FieldErrors<Retrying>
  attempts: string
}

/** What becomes of a call that finds the line busy, or nobody there. */
export function Retries({ register, errors, attempts }: RetriesProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Select
        label={t('outbound.attempts')}
        hint={t('outbound.attemptsHint')}
        error={errorText(errors.max_attempts?.message)}
        {...register('max_attempts')}
      >
        {ATTEMPTS.map((count) => (
          <option key={count} value={count}>
            {t('outbound.times', { count: Number(count) })}
          </option>
        ))}
      </Select>
      {attempts !== '1' && (
        <Select
          label={t('outbound.retryAfter')}
          hint={t('outbound.retryHint')}
          error={errorText(errors.retry_min?.message)}
          {...register('retry_min')}
        >
          {RETRY_MINUTES.map((minutes) => (
            <option key={minutes} value={minutes}>
              {t('outbound.minutes', { count: minutes })}
            </option>
          ))}
        </Select>
      )}
    </div>
  )
}
