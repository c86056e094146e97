import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { TurnWaterfall } from '@/components/conversation/TurnWaterfall'
import { median, voiceToVoiceMs } from '@/conversation/latency'
import type { Wait } from '@/conversation/view'
import { useFormat } from '@/hooks/useFormat'

/** The last answer's waterfall, and the median from voice to voice of the call so far. */
export function LatencyPanel({ waits }: { waits: readonly Wait[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const last = waits.at(-1)
  const latencies = waits
    .filter(({ since }) => since === 'voice')
    .map(({ latency }) => voiceToVoiceMs(latency))
  const middle = median(latencies)
  return (
    <Card
      title={t('talk.latency')}
      aside={last && <span className="text-xs text-muted">{t('talk.lastAnswer')}</span>}
    >
      {last ? (
        <TurnWaterfall latency={last.latency} since={last.since} />
      ) : (
        <p className="text-sm text-muted">{t('talk.latencyEmpty')}</p>
      )}
      {middle !== null && latencies.length > 1 && (
        <p className="mt-1 flex justify-between text-sm text-muted">
          <span>{t('talk.medianOf', { count: latencies.length })}</span>
          <span className="figures">{format.latency(middle)}</span>
        </p>
      )}
    </Card>
  )
}
