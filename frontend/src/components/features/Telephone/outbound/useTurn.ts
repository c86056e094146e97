import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { Campaign, OutboundCall } from '@/types/telephony'
import { nextOpening } from '@/utils/callingHours'

/** When an order that waits is tried next, in words; null for one that does not wait for a time. */
export function useTurn(campaign: Campaign | undefined): (order: OutboundCall) => string | null {
  const { t } = useTranslation()
  const format = useFormat()
  return ({ status, due_at }) => {
    if (status !== 'scheduled' || due_at === null) return null
    if (campaign?.status === 'paused') return t('outbound.onResume')
    const now = Date.now()
    const turn = Math.max(now, due_at)
    const when = campaign ? nextOpening(campaign.hours, turn) : turn
    // Its time has come, and what it waits for (a free line, the campaign's pace) has no hour.
    return when <= now ? t('outbound.dueNow') : t('outbound.due', { when: format.dateTime(when) })
  }
}
