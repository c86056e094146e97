import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ConversationView } from '@/components/conversation/ConversationView'
import { foldAll } from '@/conversation/fold'
import type { TimelineEntry } from '@/conversation/timeline'

interface TranscriptViewerProps {
  timeline: readonly TimelineEntry[]
  agentName: string
  /** Makes the times buttons; called with nanoseconds since the call began. */
  onSeek?: ((at: number) => void) | undefined
}

/** What was said and heard in a call, folded from its timeline as the live call was. */
export function TranscriptViewer({ timeline, agentName, onSeek }: TranscriptViewerProps) {
  const { t } = useTranslation()
  const view = useMemo(() => foldAll(timeline), [timeline])
  if (view.items.length === 0) return <p className="text-sm text-muted">{t('transcript.empty')}</p>
  return (
    <ConversationView
      view={view}
      callerName={t('roles.caller')}
      agentName={agentName}
      {...(onSeek ? { onSeek } : {})}
    />
  )
}
