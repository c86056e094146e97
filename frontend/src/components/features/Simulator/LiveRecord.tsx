import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { TabPanel, Tabs } from '@/components/common/Tabs'
import { EventLog } from '@/components/conversation/EventLog'
import type { SimulatorState } from './line/simulatorState'
import { LiveTranscript } from './LiveTranscript'

/** The call as it happens: what is said, or everything that happens, the newest first. */
export function LiveRecord({ state }: { state: SimulatorState }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState('conversation')
  return (
    <Card>
      <Tabs
        label={t('talk.record')}
        value={shown}
        onChange={setShown}
        tabs={[
          { value: 'conversation', label: t('talk.conversation') },
          { value: 'events', label: t('talk.events') },
        ]}
      >
        <TabPanel value="conversation">
          <LiveTranscript view={state.view} agentName={state.agentName} />
        </TabPanel>
        <TabPanel value="events">
          <NewestFirst timeline={state.timeline} />
        </TabPanel>
      </Tabs>
    </Card>
  )
}

/** In a live call the last thing is what one looks for. */
function NewestFirst({ timeline }: Pick<SimulatorState, 'timeline'>) {
  const newestFirst = useMemo(() => timeline.toReversed(), [timeline])
  return <EventLog timeline={newestFirst} />
}
