import { useTranslation } from 'react-i18next'
import { Notice } from '@/components/common/Notice'
import { browserFamily } from './utils/browserFamily'
import type { Failure } from './hooks/simulatorState'

type Words = (key: string) => string

/** Why there is no call (any more) and what to do about it, in the person's language where we have words. */
export function CallFailure({ failure }: { failure: Failure }) {
  const { t, i18n } = useTranslation()
  const known = i18n.exists(`callErrors.${failure.code}.title`)
  const key = `callErrors.${known ? failure.code : 'unexpected'}`
  const words = t as Words
  const remedy = `microphoneHelp.${failure.code}.${browserFamily(navigator)}`
  return (
    <Notice tone="error" title={words(`${key}.title`)}>
      <p>{words(i18n.exists(remedy) ? remedy : `${key}.text`)}</p>
      {failure.message !== '' && (
        <p className="figures mt-1 text-xs break-words text-muted">{failure.message}</p>
      )}
    </Notice>
  )
}
