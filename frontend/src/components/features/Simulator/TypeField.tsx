import { SendHorizontal } from 'lucide-react'
import { useId, useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { CONTROL_CLASSES } from '@/components/common/Field'
import { classes } from '@/components/common/classes'

/** What the server takes at a time (PROTOCOL.md, `text`). */
const MAX_CHARACTERS = 2_000

/** Halves of characters, as cutting a text may leave them: no server takes them. */
const HALVES = /\p{Surrogate}/gu

interface TypeFieldProps {
  /** Whether the call can take words by now. */
  isReady: boolean
  /** False if they cannot be sent now; they stay in the field then. */
  onWrite: (text: string) => boolean
}

/** Say something in writing: Enter sends it. */
export function TypeField({ isReady, onWrite }: TypeFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const [text, setText] = useState('')
  const words = text.replace(HALVES, '').trim()

  const send = (event: SubmitEvent) => {
    event.preventDefault()
    if (words !== '' && onWrite(words)) setText('')
  }
  return (
    <form onSubmit={send} className="flex w-full items-center gap-2">
      <label htmlFor={id} className="sr-only">
        {t('talk.write')}
      </label>
      <input
        id={id}
        value={text}
        maxLength={MAX_CHARACTERS}
        placeholder={t('talk.writeHint')}
        autoComplete="off"
        enterKeyHint="send"
        dir="auto"
        className={classes(CONTROL_CLASSES, 'h-11 flex-1')}
        onChange={({ target }) => setText(target.value)}
      />
      <Button
        type="submit"
        size="icon"
        className="size-11!"
        aria-label={t('talk.send')}
        title={t('talk.send')}
        disabled={!isReady || words === ''}
      >
        <SendHorizontal className="size-4" aria-hidden />
      </Button>
    </form>
  )
}
