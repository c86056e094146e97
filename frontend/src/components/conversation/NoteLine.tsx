import { useTranslation } from 'react-i18next'
import { useEngineName } from '@/hooks/useEngineName'
import type { Note } from '@/conversation/view'
import { FaultText } from './FaultText'

/** Something that happened besides the turns, in plain sentences. */
export function NoteText({ note }: { note: Note }) {
  const { t } = useTranslation()
  const engineName = useEngineName()
  const names = 'engine' in note && {
    engine: engineName(note.port, note.engine),
    ...('successor' in note && { successor: engineName(note.port, note.successor) }),
  }
  return (
    <>
      {t(`transcript.notes.${note.kind}`, { ...note, ...names })}
      {'code' in note && <FaultText code={note.code} />}
    </>
  )
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
