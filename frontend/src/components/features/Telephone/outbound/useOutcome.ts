import { useTranslation } from 'react-i18next'
import { useFaultText } from '@/hooks/useFaultText'
import { useFormat } from '@/hooks/useFormat'
import type { OutboundCall } from '@/types/telephony'

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

/** What there is to say of an order beside its status: why, when next, who answered. */
export function useOutcome(): (order: OutboundCall) => string[] {
  const { t } = useTranslation()
  const format = useFormat()
  const faultText = useFaultText()
  return ({ cause, status, due_at, attempts, max_attempts }) => {
    const answerer = attempts.at(-1)?.answerer
    const words = [
      isKnown(cause) && t(`outbound.causes.${cause}`),
      // What the console has no words for is still better told than kept.
      cause !== '' && cause !== 'cancelled' && !isKnown(cause) && (faultText(cause) ?? cause),
      status === 'scheduled' && due_at !== null && t('outbound.due', { when: format.dateTime(due_at) }),
      attempts.length > 0 &&
        max_attempts > 1 &&
        t('outbound.attempt', { attempt: attempts.length, of: max_attempts }),
      (answerer === 'machine' || answerer === 'fax') && t(`outbound.answerers.${answerer}`),
    ]
    return words.filter((word) => word !== false)
  }
}

function isKnown(cause: string): cause is Cause {
  return CAUSES.some((known) => known === cause)
}
