import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { EmptyState } from '@/components/common/EmptyState'
import { Input } from '@/components/common/Input'
import { TabPanel, Tabs } from '@/components/common/Tabs'
import type { Agent } from '@/types'
import { AgentList } from './AgentList'
import { matching } from './search'

const SHELVES = ['active', 'archived'] as const

/** All agents, those that take calls and those that do not any more, with a search through both. */
export function AgentShelf({ agents }: { agents: readonly Agent[] }) {
  const { t } = useTranslation()
  const [shelf, setShelf] = useState<string>('active')
  const [query, setQuery] = useState('')
  const found = matching(agents, useDeferredValue(query))
  const on = {
    active: found.filter(({ archived }) => !archived),
    archived: found.filter(({ archived }) => archived),
  }
  return (
    <>
      <div className="mb-4 max-w-sm">
        <Input
          type="search"
          label={t('agents.search')}
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
      </div>
      <Tabs
        label={t('agents.title')}
        value={shelf}
        onChange={setShelf}
        tabs={SHELVES.map((value) => ({
          value,
          label: t(`agents.shelves.${value}`, { count: on[value].length }),
        }))}
      >
        {SHELVES.map((value) => (
          <TabPanel key={value} value={value}>
            <AgentList agents={on[value]} />
            {on[value].length === 0 && (
              <Card>
                <EmptyState
                  text={query.trim() === '' ? t(`agents.emptyShelf.${value}`) : t('agents.noneFound')}
                />
              </Card>
            )}
          </TabPanel>
        ))}
      </Tabs>
    </>
  )
}
