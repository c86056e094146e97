import { useCallback, useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Pager } from '@/components/common/Pager'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { usePolling } from '@/hooks/usePolling'
import { useToast } from '@/hooks/useToast'
import { cancelOrder, fetchOrders, selectCampaign, selectOrders } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import { isOpen } from '@/types/telephony'
import { OrderRow } from './OrderRow'

/** A telephone rings three times. */
const EVERY_MS = 3_000

interface OrderListProps {
  /** Whose calls; null: all. */
  campaignId: string | null
  whenEmpty: ReactNode
}

/** One page of orders, kept fresh while something can still become of one of them. */
export function OrderList({ campaignId, whenEmpty }: OrderListProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const { value, status, problem } = useAppSelector(selectOrders)
  const campaign = useAppSelector(selectCampaign(campaignId ?? ''))
  const { items, next, place } = value
  const turnTo = useCallback(
    (trail: string[]) => void dispatch(fetchOrders({ campaignId, trail })),
    [dispatch, campaignId],
  )
  const look = useCallback(() => turnTo(place.trail), [turnTo, place])
  useEffect(() => turnTo([]), [turnTo])
  usePolling(look, items.some((order) => isOpen(order.status)) ? EVERY_MS : null)

  const cancel = async (id: string) => {
    const result = await dispatch(cancelOrder(id))
    if (cancelOrder.fulfilled.match(result)) return
    const problem = problemOf(result)
    const isTooLate = problem.code === 'call-live'
    toast.problem(isTooLate ? { ...problem, code: '', detail: t('outbound.tooLate') } : problem)
    look()
  }

  if (problem) return <ProblemNotice problem={problem} onRetry={look} />
  if (status !== 'loaded') return <Spinner label={t('app.loading')} />
  if (items.length === 0) return whenEmpty
  return (
    <>
      <ul aria-label={t('outbound.orders')} className="divide-y divide-line">
        {items.map((order) => (
          <OrderRow key={order.id} order={order} campaign={campaign} onCancel={() => void cancel(order.id)} />
        ))}
      </ul>
      <Pager
        page={place.trail.length + 1}
        hasNext={next !== null}
        busy={false}
        onPrevious={() => turnTo(place.trail.slice(0, -1))}
        onNext={() => next !== null && turnTo([...place.trail, next])}
      />
    </>
  )
}
