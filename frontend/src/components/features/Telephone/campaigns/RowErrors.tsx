import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import { useFormat } from '@/hooks/useFormat'
import type { CampaignPreview } from '@/types/telephony'

/** Of a file that is wrong throughout, nobody reads more. */
const SHOWN = 20

const CODES = [
  'no-contacts',
  'no-number-column',
  'bad-column',
  'same-column',
  'too-many-columns',
  'too-many-cells',
  'bad-number',
  'forbidden-number',
  'too-long',
  'too-many-contacts',
  'bad-csv',
] as const

type RowCode = (typeof CODES)[number]

/** What is wrong with a file, line by line. */
export function RowErrors({ errors, wrong }: Pick<CampaignPreview, 'errors' | 'wrong'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const shown = errors.slice(0, SHOWN)
  return (
    <Notice tone="error" title={t('campaigns.wrong', { count: wrong, shown: format.number(wrong) })}>
      <p>{t('campaigns.wrongText')}</p>
      <ul className="mt-2 space-y-1">
        {shown.map(({ line, code, reason }, n) => (
          <li key={n}>
            <span className="font-medium">{t('campaigns.line', { line: format.number(line) })}</span>{' '}
            {isKnown(code) ? t(`campaigns.rows.${code}`) : reason}
          </li>
        ))}
        {wrong > shown.length && (
          <li>
            {t('campaigns.moreWrong', {
              count: wrong - shown.length,
              shown: format.number(wrong - shown.length),
            })}
          </li>
        )}
      </ul>
    </Notice>
  )
}

function isKnown(code: string): code is RowCode {
  return CODES.some((known) => known === code)
}
