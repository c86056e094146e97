import { useTranslation } from 'react-i18next'
import { useFaultText } from '@/hooks/useFaultText'
import type { Campaign, OutboundCall } from '@/types/telephony'
import { useTurn } from './useTurn'

const CAUSES = [
  'forbidden-number',
  'number-refused',
  'caller-id-refused',
  'unknown-agent',
  'agent-archived',
  'line-gone',
  'carrier-not-configured',
  'carrier-timeout',
  'carrier-silent',
  'process-died',
] as const

type Cause = (typeof CAUSES)[number]

/** What there is to say of an order (of `campaign`, if of any) beside its status: why, when next, who answered. */
export function useOutcome(campaign: Campaign | undefined): (order: OutboundCall) => string[] {
  const { t } = useTranslation()
  const turn = useTurn(campaign)
  const faultText = useFaultText()
  return (order) => {
    const { cause, attempts, max_attempts } = order
    const answerer = attempts.at(-1)?.answerer
    const words = [
      isKnown(cause) && t(`outbound.causes.${cause}`),
      // What the console has no words for is still better told than kept.
      cause !== '' && cause !== 'cancelled' && !isKnown(cause) && (faultText(cause) ?? cause),
      turn(order),
      attempts.length > 0 &&
        max_attempts > 1 &&
        t('outbound.attempt', { attempt: attempts.length, of: max_attempts }),
      (answerer === 'machine' || answerer === 'fax') && t(`outbound.answerers.${answerer}`),
    ]
    return words.filter((word) => typeof word === 'string')
  }
}

function isKnown(cause: string): cause is Cause {
  return CAUSES.some((known) => known === cause)
}
