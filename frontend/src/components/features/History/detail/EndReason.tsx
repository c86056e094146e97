import { useTranslation } from 'react-i18next'
import type { EndCause } from '@/types'
import { Section } from './Section'

/** Why a call is over, and what that means for who reads it. */
export function EndReason({ cause }: { cause: EndCause | null }) {
  const { t, i18n } = useTranslation()
  // A newer server may know causes that the console does not.
  const isKnown = cause !== null && i18n.exists(`call.causes.${cause}`)
  return (
    <Section title={t('call.end')}>
      <p className="text-sm">
        {cause === null ? t('call.stillLive') : isKnown ? t(`call.causes.${cause}`) : cause}
      </p>
      {isKnown && <p className="mt-1 text-sm text-muted">{t(`call.explanations.${cause}`)}</p>}
    </Section>
  )
}
