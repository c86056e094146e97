import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import type { Agent, AgentDraft, ConfigOptions } from '@/types'
import { engineNotices, type EngineNotice } from './engineNotices'

interface ReadinessNoticesProps {
  options: ConfigOptions
  agent: Agent | AgentDraft
}

/** What the person should know about the engines before they talk to `agent`. */
export function ReadinessNotices({ options, agent }: ReadinessNoticesProps) {
  return engineNotices(options, agent).map((notice) => (
    <ReadinessNotice key={`${notice.kind}-${notice.engine.id}`} notice={notice} />
  ))
}

function ReadinessNotice({ notice: { kind, engine, readiness, isReplaced } }: { notice: EngineNotice }) {
  const { t } = useTranslation()
  const name = `${t(`readiness.kinds.${kind}`)} (${engine.name})`
  if (readiness.state === 'unavailable') {
    return (
      <Notice tone="warning" title={t('readiness.unavailable', { engine: name })}>
        <p>{readiness.detail}</p>
      </Notice>
    )
  }
  const percent = readiness.progress === null ? null : Math.round(readiness.progress * 100)
  const title =
    percent === null
      ? t('readiness.preparing', { engine: name })
      : t('readiness.preparingProgress', { engine: name, percent })
  return (
    <Notice tone="info" title={title}>
      <p className="text-muted">{isReplaced ? t('readiness.meanwhile') : t('readiness.wait')}</p>
      {percent !== null && (
        <progress className="mt-2 h-1.5 w-full max-w-sm" max={100} value={percent} aria-label={title} />
      )}
    </Notice>
  )
}
