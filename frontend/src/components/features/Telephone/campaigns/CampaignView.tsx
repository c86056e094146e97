import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { Notice } from '@/components/common/Notice'
import { PageTitle } from '@/components/common/PageTitle'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { usePolling } from '@/hooks/usePolling'
import { fetchCampaign, selectCampaign } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import type { Problem } from '@/types'
import { OrderList } from '../outbound/OrderList'
import { CampaignControls } from './CampaignControls'
import { CampaignFacts } from './CampaignFacts'
import { CampaignProgress } from './CampaignProgress'
import { CampaignStatusBadge } from './CampaignStatusBadge'

const EVERY_MS = 5_000

/** One campaign: how far it has come, what can be done with it, and each of its calls. */
export function CampaignView({ id }: { id: string }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const campaign = useAppSelector(selectCampaign(id))
  const [problem, setProblem] = useState<Problem | null>(null)
  const look = useCallback(
    () =>
      void dispatch(fetchCampaign(id)).then((result) =>
        setProblem(fetchCampaign.rejected.match(result) ? problemOf(result) : null),
      ),
    [dispatch, id],
  )
  useEffect(look, [look])
  usePolling(look, campaign?.status === 'running' ? EVERY_MS : null)

  if (!campaign) {
    if (problem?.status === 404) return <Notice tone="error">{t('campaigns.unknown')}</Notice>
    if (problem) return <ProblemNotice problem={problem} onRetry={look} />
    return <Spinner label={t('app.loading')} />
  }
  return (
    <>
      <PageTitle actions={<CampaignControls campaign={campaign} />}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <bdi className="wrap-anywhere">{campaign.name}</bdi>{' '}
          <CampaignStatusBadge status={campaign.status} />
        </span>
      </PageTitle>
      <div className="space-y-5">
        <Card>
          <div className="space-y-6">
            <CampaignProgress campaign={campaign} />
            <CampaignFacts campaign={campaign} />
          </div>
        </Card>
        <Card title={t('campaigns.calls')}>
          <OrderList
            campaignId={id}
            whenEmpty={<p className="text-sm text-muted">{t('outbound.empty')}</p>}
          />
        </Card>
      </div>
    </>
  )
}
