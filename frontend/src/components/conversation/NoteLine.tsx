import { useTranslation } from 'react-i18next'
import type { Note } from '@/conversation/view'

/** Something that happened besides the turns, in one plain sentence. */
export function NoteText({ note }: { note: Note }) {
  const { t } = useTranslation()
  return <>{t(`transcript.notes.${note.kind}`, { ...note })}</>
}

export function Asides({ notes }: { notes: readonly Note[] }) {
  if (notes.length === 0) return null
  return (
    <ul className="mt-1 text-sm text-muted">
      {notes.map((note, index) => (
        <li key={index}>
          <NoteText note={note} />
        </li>
      ))}
    </ul>
  )
}
