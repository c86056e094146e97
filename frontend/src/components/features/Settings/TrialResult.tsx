import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFaultText } from '@/hooks/useFaultText'
import { useFormat } from '@/hooks/useFormat'
import type { ProviderTrial } from '@/types/settings'

/** How a test of an account went, in words; what the provider itself said stands below, as it said it. */
export function TrialResult({ trial }: { trial: ProviderTrial }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { ok, code, detail, elapsed_ms } = trial
  const words = useFaultText()(code) ?? t('settings.trial.other')
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
