import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { Notice } from '@/components/common/Notice'
import { useFormat } from '@/hooks/useFormat'
import type { CampaignPreview } from '@/types/telephony'
import { RowErrors } from './RowErrors'

interface ContactsPreviewProps {
  preview: CampaignPreview
  /** The names that the agent's texts leave open. */
  wanted: readonly string[]
}

/** What a file comes to: how many people, which column fills which name, and what is wrong in which line. */
export function ContactsPreview({ preview, wanted }: ContactsPreviewProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { contacts, duplicates, columns, sample, wrong } = preview
  const missing = wanted.filter((name) => !columns.includes(name))
  return (
    <div className="space-y-4">
      <p className="text-sm" role="status">
        {t('campaigns.people', { count: contacts, shown: format.number(contacts) })}
        {duplicates > 0 &&
          ` ${t('campaigns.duplicates', { count: duplicates, shown: format.number(duplicates) })}`}
      </p>
      {wrong > 0 && <RowErrors errors={preview.errors} wrong={wrong} />}
      {missing.length > 0 && (
        <Notice tone="warning">
          {t('campaigns.missingColumns', { count: missing.length, names: missing.join(', ') })}
        </Notice>
      )}
      {sample.length > 0 && (
        <div
          className="overflow-x-auto rounded border border-line"
          tabIndex={0}
          role="group"
          aria-label={t('campaigns.sample')}
        >
          <table className="w-full text-sm">
            <caption className="sr-only">{t('campaigns.sample')}</caption>
            <thead>
              <tr className="border-b border-line text-left">
                <th scope="col" className="px-3 py-2 text-xs font-medium text-muted">
                  {t('phone.number')}
                </th>
                {columns.map((name) => (
                  <th key={name} scope="col" className="px-3 py-2 text-xs font-medium text-muted">
                    <span className="flex flex-wrap items-center gap-2">
                      {name} {wanted.includes(name) && <Badge tone="agent">{t('campaigns.used')}</Badge>}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sample.map(({ number, variables }) => (
                <tr key={number} className="border-b border-line last:border-0">
                  <td className="figures px-3 py-2 whitespace-nowrap">{number}</td>
                  {columns.map((name) => (
                    <td key={name} className="max-w-60 truncate px-3 py-2">
                      <bdi>{variables[name] ?? ''}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
