/** Why the server refuses a call out, in words with what to do about it. */
import { useTranslation } from 'react-i18next'
import { useProblemText } from '@/hooks/useProblemText'
import type { Problem } from '@/types'

const CODES = [
  'unknown-agent',
  'agent-archived',
  'forbidden-number',
  'carrier-not-configured',
  'no-line',
  'unknown-line',
  'idempotency-mismatch',
  'key-calls-per-minute',
  'calls-per-minute',
  'calls-at-once',
  'minutes-per-day',
  'lines-busy',
  'call-live',
  'call-over',
  'campaign-over',
  'unknown-zone',
  'bad-hours',
] as const

type Refusal = (typeof CODES)[number]

export function useRefusalText(): (problem: Problem) => string {
  const { t } = useTranslation()
  const problemText = useProblemText()
  return (problem) => (isRefusal(problem.code) ? t(`phone.refusals.${problem.code}`) : problemText(problem))
}

export function isRefusal(code: string): code is Refusal {
  return CODES.some((known) => known === code)
}
