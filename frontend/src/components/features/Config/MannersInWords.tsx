import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import { MINUTE_MS, type TurnTakingValues } from './turnTakingSchema'

/** What the numbers mean for a caller. */
export function MannersInWords({ values }: { values: TurnTakingValues }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { endpointing, barge_in, silence, limits } = values
  const time = (ms: number) => {
    if (!Number.isFinite(ms)) return '?'
    return ms < 1_000 ? format.latency(ms) : t('common.seconds', { value: format.decimal(ms / 1_000) })
  }
  const pauses = { min: time(endpointing.min_pause_ms), max: time(endpointing.max_pause_ms) }
  const silences = { after: time(silence.idle_prompt_after_ms), count: silence.max_idle_prompts }
  return (
    <ul className="space-y-2 rounded bg-sunken px-4 py-3 text-sm" aria-live="polite">
      <li>
        {t('agentForm.inWords.pause', pauses)}{' '}
        {endpointing.adaptive ? t('agentForm.inWords.adaptive') : t('agentForm.inWords.notAdaptive')}
      </li>
      <li>{interruption()}</li>
      <li>
        {silence.max_idle_prompts === 0
          ? t('agentForm.inWords.silenceEnds', silences)
          : t('agentForm.inWords.silence', silences)}
      </li>
      <li>{t('agentForm.inWords.end', { minutes: format.decimal(limits.max_call_ms / MINUTE_MS) })}</li>
    </ul>
  )

  function interruption(): string {
    if (!barge_in.enabled) return t('agentForm.inWords.uninterruptible')
    if (barge_in.min_words === 0) return t('agentForm.inWords.anySound')
    return t('agentForm.inWords.interruption', { count: barge_in.min_words })
  }
}
