import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import type { ConfigOptions, EngineKind } from '@/types'
import { AUTOMATIC, engineOf, readinessOf } from './engines'

interface EngineStateProps {
  options: ConfigOptions | null
  kind: EngineKind
  id: string
  language: string
}

/** Whether an engine can serve the agent's language now, and if not why. */
export function EngineState({ options, kind, id, language }: EngineStateProps) {
  const { t } = useTranslation()
  if (options === null || id === AUTOMATIC) return null
  const engine = engineOf(options, kind, id)
  if (!engine) return <Badge tone="bad">{t('agentForm.engineStates.unknown')}</Badge>
  const readiness = readinessOf(options, kind, id, language)
  if (!readiness) return <Badge tone="warning">{t('agentForm.engineStates.otherLanguage')}</Badge>
  const percent = Math.round((readiness.progress ?? 0) * 100)
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      {readiness.state === 'ready' && (
        <Badge tone="good">
          {engine.local ? t('agentForm.engineStates.readyHere') : t('agentForm.engineStates.ready')}
        </Badge>
      )}
      {readiness.state === 'preparing' && (
        <Badge tone="warning">{t('agentForm.engineStates.preparing', { percent })}</Badge>
      )}
      {readiness.state === 'unavailable' && (
        <>
          <Badge tone="bad">{t('agentForm.engineStates.unavailable')}</Badge>
          <span className="text-xs text-muted">{readiness.detail}</span>
        </>
      )}
    </span>
  )
}
