import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import { Spinner } from '@/components/common/Spinner'
import { TabPanel, Tabs } from '@/components/common/Tabs'
import { EventLog } from '@/components/conversation/EventLog'
import type { CallRecord } from '@/store/slices/callsSlice'
import type { CallDetail } from '@/types/calls'
import { Playback } from '../playback/Playback'
import { RecordingPlayer } from '../playback/RecordingPlayer'
import { useRecording, type Recording } from '../playback/useRecording'
import { TranscriptViewer } from '../TranscriptViewer'
import { CallFacts } from './CallFacts'
import { CallNotesForm } from './CallNotesForm'
import { DeleteCall } from './DeleteCall'
import { Downloads } from './Downloads'
import { EndReason } from './EndReason'
import { EnginesUsed } from './EnginesUsed'
import { useFollowing } from './useFollowing'

const NS_PER_S = 1_000_000_000

interface CallDetailsProps {
  record: CallRecord
  /** The search that led here. */
  search: string
  onDeleted: () => void
}

/** One call: its figures, its sound, what was said, what happened, and what people wrote beside it. */
export function CallDetails({ record, search, onDeleted }: CallDetailsProps) {
  const { t } = useTranslation()
  const { detail, timeline } = record
  useFollowing(detail)
  const [playback] = useState(() => new Playback())
  const [view, setView] = useState('transcript')
  // What there is of a call that goes on would be out of date at once.
  const isOver = detail.status !== 'live'
  const recording = useRecording(detail.id, { exists: detail.has_recording && isOver })
  const player = recording.status === 'loaded' ? playback : null
  return (
    <div className="space-y-6">
      <CallFacts detail={detail} />
      <section
        aria-label={t('call.recording')}
        className="sticky -top-4 z-10 -mx-4 border-y border-line bg-panel px-4 py-3 sm:-top-6 sm:-mx-6 sm:px-6"
      >
        <Sound detail={detail} recording={recording} playback={playback} />
      </section>
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0">
          <Tabs
            label={t('call.views')}
            value={view}
            onChange={setView}
            tabs={[
              { value: 'transcript', label: t('call.transcript') },
              { value: 'events', label: t('events.title') },
            ]}
          >
            <TabPanel value="transcript">
              <TranscriptViewer
                timeline={timeline}
                agentName={detail.agent.name}
                playback={player}
                search={search}
              />
            </TabPanel>
            <TabPanel value="events">
              <EventLog
                timeline={timeline}
                onSeek={player ? (at) => player.playFrom(at / NS_PER_S) : undefined}
              />
            </TabPanel>
          </Tabs>
        </div>
        <div className="min-w-0 space-y-7">
          <EndReason cause={detail.end_cause} />
          <EnginesUsed detail={detail} timeline={timeline} />
          <CallNotesForm detail={detail} />
        </div>
      </div>
      <footer className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
        <Downloads record={record} recording={recording} />
        {isOver && <DeleteCall id={detail.id} onDeleted={onDeleted} />}
      </footer>
    </div>
  )
}

interface SoundProps {
  detail: CallDetail
  recording: Recording
  playback: Playback
}

function Sound({ detail, recording, playback }: SoundProps) {
  const { t } = useTranslation()
  switch (recording.status) {
    case 'none':
      return (
        <p className="text-sm text-muted">
          {t(detail.status === 'live' ? 'call.recordingLater' : 'call.noRecording')}
        </p>
      )
    case 'loading':
      return <Spinner label={t('app.loading')} />
    case 'failed':
      return <Notice tone="warning">{t('call.recordingFailed')}</Notice>
    case 'loaded':
      return (
        <RecordingPlayer
          url={recording.url}
          file={recording.file}
          durationMs={detail.duration_ms ?? 0}
          playback={playback}
        />
      )
  }
}
