import { useTranslation } from 'react-i18next'
import { LongText } from './LongText'

/** What was said; what of it was never heard is struck through, and said to be so to screen readers. */
export function Words({ content, heard }: { content: string; heard: string }) {
  return (
    <p dir="auto" className="wrap-anywhere whitespace-pre-line">
      <LongText text={heard} />
      <Unheard words={content.slice(heard.length)} />
    </p>
  )
}

/** The end of a turn that nobody heard. */
export function Unheard({ words }: { words: string }) {
  const { t } = useTranslation()
  if (words.trim() === '') return null
  return (
    <del className="unheard">
      <span className="sr-only">{t('transcript.unheard')} </span>
      <LongText text={words} />
    </del>
  )
}
