import { Plus } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useFormat } from '@/hooks/useFormat'
import { selectAllAgents } from '@/store/slices/configSlice'
import { fetchCampaigns, selectCampaigns } from '@/store/slices/telephonySlice'
import type { Campaign } from '@/types/telephony'
import { CampaignProgress } from './CampaignProgress'
import { CampaignStatusBadge } from './CampaignStatusBadge'

/** All campaigns, newest first. */
export function CampaignList() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const campaigns = useAppSelector(selectCampaigns)
  const load = useCallback(() => void dispatch(fetchCampaigns()), [dispatch])
  const isEmpty = campaigns.value.length === 0
  const create = (
    <Link to="/outbound/campaigns/new" className={buttonClasses('primary')}>
      <Plus className="size-4" aria-hidden />
      {t('campaigns.new')}
    </Link>
  )
  return (
    <Card title={t('campaigns.title')} aside={!isEmpty && create}>
      <p className="mb-4 max-w-prose text-sm text-muted">{t('campaigns.text')}</p>
      <LoadedSection part={campaigns} load={load}>
        {isEmpty ? (
          <EmptyState text={t('campaigns.empty')} action={create} />
        ) : (
          <ul className="divide-y divide-line border-t border-line">
            {campaigns.value.map((campaign) => (
              <CampaignRow key={campaign.id} campaign={campaign} />
            ))}
          </ul>
        )}
      </LoadedSection>
    </Card>
  )
}

function CampaignRow({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const format = useFormat()
  const agent = useAppSelector(selectAllAgents).find(({ id }) => id === campaign.agent_id)
  return (
    <li className="grid items-center gap-x-6 gap-y-3 py-4 sm:grid-cols-[1fr_16rem]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Link
            to={`/outbound/campaigns/${campaign.id}`}
            className="font-medium wrap-anywhere underline decoration-line-strong underline-offset-4"
          >
            <bdi>{campaign.name}</bdi>
          </Link>
          <CampaignStatusBadge status={campaign.status} />
        </p>
        <p className="mt-0.5 text-sm text-muted">
          <bdi>{agent?.name ?? t('outbound.unknownAgent')}</bdi> · {format.dateTime(campaign.created_at)}
        </p>
      </div>
      <CampaignProgress campaign={campaign} isBrief />
    </li>
  )
}
