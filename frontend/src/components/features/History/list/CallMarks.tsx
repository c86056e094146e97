import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import type { CallSummary } from '@/types/calls'
import { StatusBadge } from '../StatusBadge'

type Marked = Pick<CallSummary, 'status' | 'draft' | 'engine_failures'>

/** How a call ended, and what went wrong in it. */
export function CallMarks({ call }: { call: Marked }) {
  const { t } = useTranslation()
  return (
    <span className="flex flex-wrap gap-1.5">
      <StatusBadge status={call.status} />
      {call.draft && <Badge tone="good">{t('calls.draft')}</Badge>}
      {call.engine_failures > 0 && (
        <Badge tone="warning">{t('calls.engineFailures', { count: call.engine_failures })}</Badge>
      )}
    </span>
  )
}
