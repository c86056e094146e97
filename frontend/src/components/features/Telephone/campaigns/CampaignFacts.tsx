import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useFormat } from '@/hooks/useFormat'
import { localeOf } from '@/i18n/locale'
import { selectAllAgents } from '@/store/slices/configSlice'
import type { Campaign } from '@/types/telephony'
import { weekdaysInShort } from './weekdays'

/** What was settled when a campaign was made. */
export function CampaignFacts({ campaign }: { campaign: Campaign }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const agent = useAppSelector(selectAllAgents).find(({ id }) => id === campaign.agent_id)
  const { zone, weekdays, from, to } = campaign.hours
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm md:grid-cols-4">
      <Fact name={t('outbound.agent')}>
        <bdi>{agent?.name ?? t('outbound.unknownAgent')}</bdi>
      </Fact>
      <Fact name={t('outbound.from')}>
        <span className="figures">{campaign.from}</span>
      </Fact>
      <Fact name={t('campaigns.hours')}>
        {weekdaysInShort(weekdays, localeOf(i18n.language))}{' '}
        <span className="whitespace-nowrap">
          {from}–{to}
        </span>
        <span className="block text-xs text-muted">{zone.replaceAll('_', ' ')}</span>
      </Fact>
      <Fact name={t('campaigns.pace')}>
        {t('campaigns.paceInWords', {
          perMinute: format.number(campaign.calls_per_minute),
          atOnce: format.number(campaign.at_once),
        })}
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="mb-0.5 text-xs text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
