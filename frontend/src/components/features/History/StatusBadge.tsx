import { useTranslation } from 'react-i18next'
import { Badge, type BadgeTone } from '@/components/common/Badge'
import type { CallStatus } from '@/types'

const TONES: Record<CallStatus, BadgeTone> = {
  live: 'agent',
  completed: 'neutral',
  failed: 'bad',
  interrupted: 'warning',
}

export function StatusBadge({ status }: { status: CallStatus }) {
  const { t } = useTranslation()
  return (
    <Badge tone={TONES[status]}>
      {status === 'live' && <span className="lamp-blinking size-1.5 rounded-full bg-lamp" aria-hidden />}
      {t(`calls.statuses.${status}`)}
    </Badge>
  )
}
