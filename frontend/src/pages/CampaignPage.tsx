import { ArrowLeft } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { PageTitle } from '@/components/common/PageTitle'
import { CampaignForm } from '@/components/features/Telephone/campaigns/CampaignForm'
import { CampaignView } from '@/components/features/Telephone/campaigns/CampaignView'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import { fetchLines } from '@/store/slices/telephonySlice'

/** One campaign: `/outbound/campaigns/:campaignId`, or `/outbound/campaigns/new` for one to be made. */
export function CampaignPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const { campaignId } = useParams()
  const navigate = useNavigate()
  const { agents, status } = useAgents()

  useEffect(() => {
    void dispatch(fetchLines())
  }, [dispatch])

  return (
    <div className="mx-auto max-w-4xl">
      <Link
        to="/outbound/campaigns"
        className="mb-1 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {t('campaigns.back')}
      </Link>
      {campaignId !== undefined && <CampaignView key={campaignId} id={campaignId} />}
      {campaignId === undefined && (
        <>
          <PageTitle>{t('campaigns.new')}</PageTitle>
          <AgentsLoading />
          {status === 'loaded' && (
            <CampaignForm
              agentId={agents[0]?.id ?? ''}
              onCreated={({ id }) => void navigate(`/outbound/campaigns/${id}`)}
            />
          )}
        </>
      )}
    </div>
  )
}
