import { ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { voiceToVoiceMs } from '@/conversation/latency'
import { useFormat } from '@/hooks/useFormat'
import type { Wait } from '@/conversation/view'
import type { TurnLatency } from '@/types'
import type { WithdrawnDraft } from './drafts'
import { LatencyBar, TurnWaterfall } from './TurnWaterfall'
import { WithdrawnDrafts } from './WithdrawnDrafts'

interface TurnLatencyDetailsProps {
  latency: TurnLatency
  since?: Wait['since']
  headStartMs: number
  scaleMs: number
  /** Answers that were begun before this one and withdrawn. */
  drafts?: readonly WithdrawnDraft[]
}

/** One line under an answer that opens into its waterfall. */
export function TurnLatencyDetails(props: TurnLatencyDetailsProps) {
  const { latency, since = 'voice', headStartMs, scaleMs, drafts = [] } = props
  const { t } = useTranslation()
  const format = useFormat()
  const total = format.latency(voiceToVoiceMs(latency))
  return (
    <details className="group mt-2 max-w-xl">
      <summary className="flex min-h-6 list-none items-center gap-2 rounded-sm text-xs text-muted [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        <span className="sr-only">{t('latency.summary', { total })}</span>
        <LatencyBar latency={latency} scaleMs={scaleMs} />
        <span className="figures w-14 text-right" aria-hidden>
          {total}
        </span>
      </summary>
      <div className="py-3 pl-5.5">
        <TurnWaterfall latency={latency} since={since} headStartMs={headStartMs} />
        {drafts.length > 0 && <WithdrawnDrafts drafts={drafts} />}
      </div>
    </details>
  )
}
