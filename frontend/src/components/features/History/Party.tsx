import { useTranslation } from 'react-i18next'

/** What carriers show of somebody who hides their number. */
const HIDDEN = /^(anonymous|restricted|unavailable)$/i

/** Who is at one end of a call by telephone: a number as the carrier gave it, or that it is hidden. */
export function Party({ number }: { number: string }) {
  const { t } = useTranslation()
  if (HIDDEN.test(number)) return <>{t('calls.hiddenNumber')}</>
  return <span className="figures">{number}</span>
}
