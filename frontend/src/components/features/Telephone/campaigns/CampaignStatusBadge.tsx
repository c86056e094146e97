import { useTranslation } from 'react-i18next'
import { Badge, type BadgeTone } from '@/components/common/Badge'
import type { CampaignStatus } from '@/types/telephony'

const TONES: Record<CampaignStatus, BadgeTone> = {
  running: 'good',
  paused: 'warning',
  stopped: 'neutral',
  finished: 'neutral',
}

export function CampaignStatusBadge({ status }: { status: CampaignStatus }) {
  const { t } = useTranslation()
  return <Badge tone={TONES[status]}>{t(`campaigns.statuses.${status}`)}</Badge>
}
