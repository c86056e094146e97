import { Trash2 } from 'lucide-react'
import { useRef, useState, type ReactNode, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Notice } from '@/components/common/Notice'
import { Spinner } from '@/components/common/Spinner'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useFormat } from '@/hooks/useFormat'
import { useToast } from '@/hooks/useToast'
import { deleteCall, type CallRecord } from '@/store/slices/callsSlice'
import { problemOf } from '@/store/thunks'
import type { CallDetail } from '@/types'
import { RecordingPlayer } from './RecordingPlayer'
import { StatusBadge } from './StatusBadge'
import { TranscriptViewer } from './TranscriptViewer'
import { useRecording } from './useRecording'

const NS_PER_S = 1_000_000_000

/** Facts, recording and transcript of one call. */
export function CallDetails({ record, onDeleted }: { record: CallRecord; onDeleted: () => void }) {
  const { t } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const { detail, timeline } = record
  const seek = (seconds: number) => {
    if (audio.current) audio.current.currentTime = seconds
  }
  const playFrom = (at: number) => {
    seek(at / NS_PER_S)
    void audio.current?.play()
  }
  return (
    <div className="space-y-7">
      <Facts detail={detail} />
      <section aria-label={t('call.recording')}>
        {detail.has_recording ? (
          <RecordingSection detail={detail} audio={audio} onSeek={seek} />
        ) : (
          <p className="text-sm text-muted">{t('call.noRecording')}</p>
        )}
      </section>
      <section>
        <h3 className="mb-4 text-base font-semibold">{t('call.transcript')}</h3>
        <TranscriptViewer
          timeline={timeline}
          agentName={detail.agent.name}
          onSeek={detail.has_recording ? playFrom : undefined}
        />
      </section>
      {detail.status !== 'live' && <DeleteCall id={detail.id} onDeleted={onDeleted} />}
    </div>
  )
}

function Facts({ detail }: { detail: CallDetail }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const { end_cause: cause, duration_ms: duration, median_voice_to_voice_ms: median } = detail
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:grid-cols-4">
      <Fact name={t('call.started')}>{format.dateTime(detail.started_at)}</Fact>
      <Fact name={t('call.duration')}>
        <span className="figures">{duration === null ? '–' : format.duration(duration)}</span>
      </Fact>
      <Fact name={t('call.medianLatency')}>
        <span className="figures">{median === null ? '–' : format.latency(median)}</span>
      </Fact>
      <Fact name={t('call.end')}>
        <StatusBadge status={detail.status} />
        {cause !== null && (
          <span className="mt-1 block">
            {i18n.exists(`call.causes.${cause}`) ? t(`call.causes.${cause}`) : cause}
          </span>
        )}
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

interface RecordingSectionProps {
  detail: CallDetail
  audio: RefObject<HTMLAudioElement | null>
  onSeek: (seconds: number) => void
}

function RecordingSection({ detail, audio, onSeek }: RecordingSectionProps) {
  const { t } = useTranslation()
  const recording = useRecording(detail.id)
  if (recording.status === 'loading') return <Spinner label={t('app.loading')} />
  if (recording.status === 'failed') return <Notice tone="warning">{t('call.recordingFailed')}</Notice>
  return (
    <RecordingPlayer
      url={recording.url}
      file={recording.file}
      durationMs={detail.duration_ms ?? 0}
      audio={audio}
      onSeek={onSeek}
    />
  )
}

function DeleteCall({ id, onDeleted }: { id: string; onDeleted: () => void }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [isAsking, setAsking] = useState(false)
  const [isDeleting, setDeleting] = useState(false)

  const remove = async () => {
    setDeleting(true)
    const result = await dispatch(deleteCall(id))
    setDeleting(false)
    setAsking(false)
    if (deleteCall.fulfilled.match(result)) {
      toast.success(t('call.deleted'))
      onDeleted()
    } else {
      toast.problem(problemOf(result))
    }
  }

  return (
    <div className="flex justify-end border-t border-line pt-4">
      <Button tone="quiet" onClick={() => setAsking(true)}>
        <Trash2 className="size-4" aria-hidden />
        {t('call.delete')}
      </Button>
      <ConfirmDialog
        open={isAsking}
        title={t('call.deleteTitle')}
        text={t('call.deleteText')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        busy={isDeleting}
        onConfirm={() => void remove()}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}
