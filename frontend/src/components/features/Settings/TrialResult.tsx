import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { ProviderTrial } from '@/types/settings'

const CODES = [
  'auth-failed',
  'bad-response',
  'connection-failed',
  'model-not-found',
  'provider-timeout',
  'provider-unavailable',
  'quota-exceeded',
  'rate-limited',
  'request-rejected',
  'secret-unreadable',
] as const

type TrialCode = (typeof CODES)[number]

/** How a test of an account went, in words; what the provider itself said stands below, as it said it. */
export function TrialResult({ trial }: { trial: ProviderTrial }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { ok, code, detail, elapsed_ms } = trial
  const words = isKnown(code) ? t(`settings.trial.${code}`) : t('settings.trial.other')
  return (
    <div role="status" className="flex gap-2.5 text-sm">
      {ok ? (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden />
      ) : (
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      )}
      <div className="min-w-0">
        <p>{ok ? t('settings.trial.ok', { time: format.latency(elapsed_ms) }) : words}</p>
        {!ok && detail !== '' && (
          <p lang="en" className="mt-0.5 break-words text-muted">
            {detail}
          </p>
        )}
      </div>
    </div>
  )
}

function isKnown(code: string): code is TrialCode {
  return CODES.some((known) => known === code)
}
