import { PhoneOutgoing } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button, buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { Dialog } from '@/components/common/Dialog'
import { EmptyState } from '@/components/common/EmptyState'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchOrders, selectLines } from '@/store/slices/telephonySlice'
import { CallForm } from './CallForm'
import { OrderList } from './OrderList'

/** Calls that agents make: a new one, and what has become of the others. */
export function CallsOut() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const [isCalling, setCalling] = useState(false)
  const { value: lines, status } = useAppSelector(selectLines)
  const hasNoLine = status === 'loaded' && lines.length === 0
  const call = (
    <Button tone="primary" onClick={() => setCalling(true)}>
      <PhoneOutgoing className="size-4" aria-hidden />
      {t('outbound.new')}
    </Button>
  )
  const toNumbers = (
    <Link to="/settings/numbers" className={buttonClasses('primary')}>
      {t('outbound.toNumbers')}
    </Link>
  )
  return (
    <Card title={t('outbound.orders')} aside={hasNoLine ? undefined : call}>
      <OrderList
        campaignId={null}
        whenEmpty={
          <EmptyState
            text={t(hasNoLine ? 'outbound.emptyNoLine' : 'outbound.empty')}
            action={hasNoLine ? toNumbers : undefined}
          />
        }
      />
      {isCalling && (
        <Dialog open title={t('outbound.new')} onClose={() => setCalling(false)}>
          <CallForm
            onPlaced={() => {
              setCalling(false)
              void dispatch(fetchOrders({ campaignId: null, trail: [] }))
            }}
          />
        </Dialog>
      )}
    </Card>
  )
}
