import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { TurnWaterfall } from '@/components/conversation/TurnWaterfall'
import { median, voiceToVoiceMs } from '@/conversation/latency'
import { useFormat } from '@/hooks/useFormat'
import type { TurnLatency } from '@/types'

/** The last answer's waterfall, and the median of the call so far. */
export function LatencyPanel({ latencies }: { latencies: readonly TurnLatency[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const last = latencies.at(-1)
  const middle = median(latencies.map(voiceToVoiceMs))
  return (
    <Card
      title={t('talk.latency')}
      aside={last && <span className="text-xs text-muted">{t('talk.lastAnswer')}</span>}
    >
      {last ? (
        <TurnWaterfall latency={last} />
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
