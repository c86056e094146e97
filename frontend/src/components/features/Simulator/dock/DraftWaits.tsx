import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectTriedDraft } from '@/store/slices/configSlice'
import type { Callee } from '../line/callee'

/** One call at a time: a draft that is to be tried out waits for the end of the one that goes on. */
export function DraftWaits({ inCall, callee }: { inCall: boolean; callee: Callee }) {
  const { t } = useTranslation()
  const tried = useAppSelector(selectTriedDraft)
  if (!inCall || !tried || tried.draft === callee.agent) return null
  return <Notice tone="info">{t('talk.draftWaits', { name: tried.draft.name })}</Notice>
}
