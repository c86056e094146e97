import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { PageTitle } from '@/components/common/PageTitle'
import { TabPanel, Tabs } from '@/components/common/Tabs'
import { AccountSettings } from '@/components/features/Settings/AccountSettings'
import { KeySettings } from '@/components/features/Settings/KeySettings'
import { LookSettings } from '@/components/features/Settings/LookSettings'
import { RetentionSettings } from '@/components/features/Settings/RetentionSettings'
import { NumbersPage } from '@/pages/NumbersPage'

const SECTIONS = [
  { name: 'providers', Section: AccountSettings },
  { name: 'numbers', Section: NumbersPage },
  { name: 'keys', Section: KeySettings },
  { name: 'retention', Section: RetentionSettings },
  { name: 'look', Section: LookSettings },
] as const

/** What is settled once for all agents; each section has an address. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { section } = useParams()
  const navigate = useNavigate()
  const open = SECTIONS.find(({ name }) => name === section) ?? SECTIONS[0]
  return (
    <>
      <PageTitle>{t('settings.title')}</PageTitle>
      <Tabs
        label={t('settings.title')}
        value={open.name}
        onChange={(name) => void navigate(`/settings/${name}`, { replace: true })}
        tabs={SECTIONS.map(({ name }) => ({ value: name, label: t(`settings.sections.${name}`) }))}
      >
        <TabPanel value={open.name}>
          <open.Section />
        </TabPanel>
      </Tabs>
    </>
  )
}
