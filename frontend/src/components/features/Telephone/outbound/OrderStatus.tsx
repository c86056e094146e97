import { useTranslation } from 'react-i18next'
import { Badge, type BadgeTone } from '@/components/common/Badge'
import type { OutboundStatus } from '@/types/telephony'

const TONES: Record<OutboundStatus, BadgeTone> = {
  scheduled: 'neutral',
  dialling: 'caller',
  ringing: 'caller',
  live: 'good',
  completed: 'good',
  busy: 'warning',
  'no-answer': 'warning',
  failed: 'bad',
  cancelled: 'neutral',
  refused: 'bad',
}

/** How far an order has come. */
export function OrderStatus({ status }: { status: OutboundStatus }) {
  const { t } = useTranslation()
  return <Badge tone={TONES[status]}>{t(`outbound.statuses.${status}`)}</Badge>
}
