import { AudioLines } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { useServices } from '@/hooks/useServices'
import { useToast } from '@/hooks/useToast'
import { toProblem } from '@/services/problem'
import { fileName, saveFile } from '@/utils/saveFile'

/** Take the call's recording away, which the server has finished by the time it says that the call is over. */
export function RecordingDownload({ callId, agentName }: { callId: string; agentName: string }) {
  const { t } = useTranslation()
  const { history } = useServices()
  const toast = useToast()
  const [isLoading, setIsLoading] = useState(false)
  const download = useRef<AbortController | null>(null)

  useEffect(() => () => download.current?.abort(), [])

  const save = async () => {
    const { signal } = (download.current = new AbortController())
    setIsLoading(true)
    try {
      const wav = await history.recording(callId, signal)
      saveFile(new Blob([wav], { type: 'audio/wav' }), `${fileName(agentName) || 'call'}.wav`)
    } catch (error) {
      if (signal.aborted) return
      const problem = toProblem(error)
      if (problem.status === 404) toast.info(t('call.noRecording'))
      else toast.problem(problem)
    }
    setIsLoading(false)
  }
  return (
    <Button busy={isLoading} onClick={() => void save()}>
      {!isLoading && <AudioLines className="size-4" aria-hidden />}
      {t('call.saveRecording')}
    </Button>
  )
}
