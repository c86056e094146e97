import { useTranslation } from 'react-i18next'

const KNOWN = [
  'VICTORIA_PUBLIC_BASE_URL',
  'VICTORIA_TWILIO_ACCOUNT_SID',
  'VICTORIA_TWILIO_AUTH_TOKEN',
  'VICTORIA_TELNYX_API_KEY',
  'VICTORIA_TELNYX_PUBLIC_KEY',
  'VICTORIA_TELNYX_CONNECTION_ID',
] as const

type KnownSetting = (typeof KNOWN)[number]

/** Which of the server's settings a carrier needs, and where to get each. */
export function MissingSettings({ missing }: { missing: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <div className="text-sm">
      <p>{t('phone.carriers.missing')}</p>
      <ul className="mt-2 space-y-2">
        {missing.map((name) => (
          <li key={name}>
            <code className="figures text-xs break-all">{name}</code>
            {isKnown(name) && <span className="block text-muted">{t(`phone.missing.${name}`)}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function isKnown(name: string): name is KnownSetting {
  return KNOWN.some((known) => known === name)
}
