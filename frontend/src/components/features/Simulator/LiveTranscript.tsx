import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { ConversationView } from '@/components/conversation/ConversationView'
import type { ConversationView as View } from '@/conversation/view'

/** How far from its end a list still counts as being read at its end. */
const NEAR_END_PX = 80

interface LiveTranscriptProps {
  view: View
  agentName: string
  /** Takes the height that is left, instead of its own. */
  fills?: boolean
}

/** The conversation as it happens. Follows its end unless the person has scrolled back. */
export function LiveTranscript({ view, agentName, fills = false }: LiveTranscriptProps) {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  const follows = useRef(true)

  useEffect(() => {
    const element = list.current
    if (element && follows.current) element.scrollTop = element.scrollHeight
  }, [view])

  const noticeScrolling = () => {
    const element = list.current
    if (!element) return
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX
  }
  const isEmpty = view.items.length === 0 && view.reply === null && view.caller === null
  return (
    <div
      ref={list}
      onScroll={noticeScrolling}
      role="log"
      aria-label={t('talk.conversation')}
      tabIndex={0}
      className={classes('overflow-y-auto', fills ? 'min-h-24 flex-1' : 'max-h-[32rem] min-h-32')}
    >
      {isEmpty && <p className="text-sm text-muted">{t('transcript.empty')}</p>}
      <ConversationView view={view} callerName={t('roles.you')} agentName={agentName} />
    </div>
  )
}
