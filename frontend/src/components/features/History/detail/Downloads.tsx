import { AudioLines, FileText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { foldAll } from '@/conversation/fold'
import { turnsOf } from '@/conversation/view'
import { useFormat } from '@/hooks/useFormat'
import type { CallRecord } from '@/store/slices/callsSlice'
import { fileName, saveFile } from '@/utils/saveFile'
import type { Recording } from '../playback/useRecording'
import { transcriptText } from '../transcript/transcriptText'

/** A call to take away: what was said as text, and how it sounded. */
export function Downloads({ record, recording }: { record: CallRecord; recording: Recording }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { detail, timeline } = record
  const when = format.dateTime(detail.started_at)
  const name = fileName(detail.agent.name, new Date(detail.started_at).toISOString().slice(0, 16))

  const saveTranscript = () => {
    const text = transcriptText(turnsOf(foldAll(timeline)), {
      title: t('calls.open', { agent: detail.agent.name, when }),
      names: { caller: t('roles.caller'), agent: detail.agent.name },
      time: format.instant,
      unheard: (words) => `[${t('transcript.unheard')} ${words}]`,
    })
    saveFile(new Blob([text], { type: 'text/plain;charset=utf-8' }), `${name}.txt`)
  }
  return (
    <div className="flex flex-wrap gap-2">
      {recording.status === 'loaded' && (
        <Button onClick={() => saveFile(new Blob([recording.file], { type: 'audio/wav' }), `${name}.wav`)}>
          <AudioLines className="size-4" aria-hidden />
          {t('call.saveRecording')}
        </Button>
      )}
      <Button onClick={saveTranscript}>
        <FileText className="size-4" aria-hidden />
        {t('call.saveTranscript')}
      </Button>
    </div>
  )
}
