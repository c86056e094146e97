import { Keyboard } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import type { Failure } from './line/simulatorState'
import { browserFamily } from './utils/browserFamily'

type Words = (key: string) => string

interface CallFailureProps {
  failure: Failure
  /** Calls without a microphone; offered where that is what was wrong. */
  onType?: () => void
}

/** Why there is no call (any more) and what to do about it, in the person's language where we have words. */
export function CallFailure({ failure, onType }: CallFailureProps) {
  const { t, i18n } = useTranslation()
  const known = i18n.exists(`callErrors.${failure.code}.title`)
  const key = `callErrors.${known ? failure.code : 'unexpected'}`
  const words = t as Words
  const remedy = `microphoneHelp.${failure.code}.${browserFamily(navigator)}`
  return (
    <Notice
      tone="error"
      title={words(`${key}.title`)}
      action={
        onType &&
        failure.code.startsWith('microphone-') && (
          <Button onClick={onType}>
            <Keyboard className="size-4" aria-hidden />
            {t('talk.typeInstead')}
          </Button>
        )
      }
    >
      <p>{words(i18n.exists(remedy) ? remedy : `${key}.text`)}</p>
      {failure.message !== '' && (
        <p className="figures mt-1 text-xs break-words text-muted">{failure.message}</p>
      )}
    </Notice>
  )
}
