import { Square, Volume2 } from 'lucide-react'
import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { useProblemText } from '@/hooks/useProblemText'
import type { AgentValues } from './agentSchema'
import { usePreview } from './usePreview'
import type { VoicePath } from './VoiceFields'

/** Hear a voice as it is set in the form, before anything is saved. */
export function VoicePreview({ path, name }: { path: VoicePath; name: string }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const { getValues } = useFormContext<AgentValues>()
  const { state, speak, stop } = usePreview()

  if (state.status === 'speaking') {
    return (
      <>
        <Button onClick={stop} aria-label={t('agentForm.preview.stopNamed', { name })}>
          <Square className="size-4" aria-hidden />
          {t('agentForm.preview.stop')}
        </Button>
        <audio src={state.url} autoPlay onEnded={stop} onError={stop} />
      </>
    )
  }
  const listen = () => void speak({ language: getValues('language'), voice: getValues(path), text: '' })
  return (
    <>
      <Button
        busy={state.status === 'fetching'}
        onClick={listen}
        aria-label={t('agentForm.preview.listenNamed', { name })}
      >
        {state.status !== 'fetching' && <Volume2 className="size-4" aria-hidden />}
        {t('agentForm.preview.listen')}
      </Button>
      {state.status === 'failed' && (
        <p role="alert" className="min-w-0 text-sm text-danger">
          {problemText(state.problem)}
        </p>
      )}
    </>
  )
}
