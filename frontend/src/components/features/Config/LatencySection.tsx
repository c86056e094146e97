import { useTranslation } from 'react-i18next'
import { SwitchField } from './SwitchField'

const OPTIONS = ['speculative_replies', 'early_first_clause', 'warm_up', 'cached_phrases'] as const

/** What is done to answer sooner, each with its price. */
export function LatencySection() {
  const { t } = useTranslation()
  return (
    <div className="space-y-5">
      {OPTIONS.map((option) => (
        <SwitchField key={option} field={`latency.${option}`} label={t(`agentForm.latency.${option}.label`)}>
          {t(`agentForm.latency.${option}.gain`)}{' '}
          <span className="text-agent">{t(`agentForm.latency.${option}.price`)}</span>
        </SwitchField>
      ))}
    </div>
  )
}
