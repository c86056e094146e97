import { useTranslation } from 'react-i18next'
import { useFaultText } from '@/hooks/useFaultText'
import { useFormat } from '@/hooks/useFormat'
import type { EventLine } from './eventLines'
import { LongText } from './LongText'

/** One line of the log in words; what others said or named is quoted as it is. */
export function EventText({ line: { fact, quoted, ms } }: { line: EventLine }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const faultText = useFaultText()
  const isDraft = fact.type === 'start_reply' && fact.speculative
  const cause = 'cause' in fact ? fact.cause : null
  const fault = 'code' in fact ? faultText(fact.code) : null
  return (
    <>
      {isDraft ? t('events.draft_begun') : t(`events.types.${fact.type}`)}
      {fact.type === 'start_reply' && !isDraft && ` (${t(`transcript.kinds.${fact.kind}`)})`}
      {cause !== null && `: ${i18n.exists(`call.causes.${cause}`) ? t(`call.causes.${cause}`) : cause}`}
      {fault !== null && `. ${fault}`}
      {ms !== null && <span className="figures text-muted"> {format.latency(ms)}</span>}
      {quoted !== '' && (
        <bdi className="line-clamp-3 wrap-anywhere text-muted" dir="auto">
          <LongText text={quoted} />
        </bdi>
      )}
    </>
  )
}
