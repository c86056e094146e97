import { useTranslation } from 'react-i18next'

/** What was said; what of it was never heard is struck through, and said to be so to screen readers. */
export function Words({ content, heard }: { content: string; heard: string }) {
  const { t } = useTranslation()
  const unheard = content.slice(heard.length)
  return (
    <p className="whitespace-pre-line">
      {heard}
      {unheard.trim() !== '' && (
        <del className="unheard">
          <span className="sr-only">{t('transcript.unheard')} </span>
          {unheard}
        </del>
      )}
    </p>
  )
}
