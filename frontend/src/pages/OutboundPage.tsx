import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { PageTitle } from '@/components/common/PageTitle'
import { TabPanel, Tabs } from '@/components/common/Tabs'
import { CampaignList } from '@/components/features/Telephone/campaigns/CampaignList'
import { CallsOut } from '@/components/features/Telephone/outbound/CallsOut'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAgents } from '@/pages/useAgents'
import { fetchLines } from '@/store/slices/telephonySlice'

const SECTIONS = [
  { name: 'calls', Section: CallsOut },
  { name: 'campaigns', Section: CampaignList },
] as const

/** Calls that agents make, one by one or as campaigns; each has an address. */
export function OutboundPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const { section } = useParams()
  const navigate = useNavigate()
  const open = SECTIONS.find(({ name }) => name === section) ?? SECTIONS[0]
  useAgents()

  useEffect(() => {
    void dispatch(fetchLines())
  }, [dispatch])

  return (
    <>
      <PageTitle>{t('outbound.title')}</PageTitle>
      <Tabs
        label={t('outbound.title')}
        value={open.name}
        onChange={(name) => void navigate(`/outbound/${name}`, { replace: true })}
        tabs={SECTIONS.map(({ name }) => ({ value: name, label: t(`outbound.sections.${name}`) }))}
      >
        <TabPanel value={open.name}>
          <open.Section />
        </TabPanel>
      </Tabs>
    </>
  )
}
