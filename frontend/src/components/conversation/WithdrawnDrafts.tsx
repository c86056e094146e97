import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { WithdrawnDraft } from './drafts'
import { LongText } from './LongText'

/** What the agent was about to say when the caller went on; it cost the caller no time. */
export function WithdrawnDrafts({ drafts }: { drafts: readonly WithdrawnDraft[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="mt-3 border-t border-line pt-2.5 text-xs text-muted">
      <p>{t('latency.withdrawn', { count: drafts.length })}</p>
      <ul className="mt-1 space-y-1">
        {drafts.map(({ replyId, begunAt, text }) => (
          <li key={replyId} className="flex gap-2">
            <span className="figures">{format.instant(begunAt)}</span>
            {text === '' ? (
              <span>{t('latency.withdrawnEarly')}</span>
            ) : (
              <del dir="auto" className="unheard line-clamp-3 min-w-0 wrap-anywhere">
                <LongText text={text} />
              </del>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
