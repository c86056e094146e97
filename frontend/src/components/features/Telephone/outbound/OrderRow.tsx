import { PhoneOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useFormat } from '@/hooks/useFormat'
import { selectAllAgents } from '@/store/slices/configSlice'
import { isOpen, type Campaign, type OutboundCall } from '@/types/telephony'
import { OrderStatus } from './OrderStatus'
import { useOutcome } from './useOutcome'

interface OrderRowProps {
  order: OutboundCall
  /** That it is of. */
  campaign: Campaign | undefined
  onCancel: () => void
}

/** One order: whom, by whom, how far it has come, and the way to what was said. */
export function OrderRow({ order, campaign, onCancel }: OrderRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const outcome = useOutcome(campaign)(order)
  const agent = useAppSelector(selectAllAgents).find(({ id }) => id === order.agent_id)
  const { to, status, call_id } = order
  const canCancel = isOpen(status) && status !== 'live'
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      {/* What there is to say of a campaign's call leaves room beside it, on phones too. */}
      <div className={classes('min-w-0 flex-1', campaign ? 'basis-36' : 'basis-52')}>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="figures text-sm font-medium">{to}</span>
          <OrderStatus status={status} />
        </p>
        <p className="mt-0.5 text-sm text-muted">
          {/* In a campaign these are the same for all. */}
          {!campaign && (
            <>
              <bdi>{agent?.name ?? t('outbound.unknownAgent')}</bdi> · {format.dateTime(order.created_at)}
              {outcome.length > 0 && ' · '}
            </>
          )}
          {outcome.join(' · ')}
        </p>
      </div>
      {call_id !== null && (
        <Link
          to={`/calls/${call_id}`}
          aria-label={t('outbound.openNamed', { number: to })}
          className="rounded-sm text-sm underline decoration-line-strong underline-offset-4"
        >
          {t('outbound.open')}
        </Link>
      )}
      {canCancel && (
        <Button aria-label={t('outbound.cancelNamed', { number: to })} onClick={onCancel}>
          <PhoneOff className="size-4" aria-hidden />
          {t('common.cancel')}
        </Button>
      )}
    </li>
  )
}
