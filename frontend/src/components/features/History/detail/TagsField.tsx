import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { CALL_LIMITS } from '@/types/calls'
import { cleanTag, tagProblem } from './notesSchema'

interface TagsFieldProps {
  tags: readonly string[]
  error: string | undefined
  onChange: (tags: string[]) => void
}

/** Tags one by one: Enter, a comma or leaving the field adds what was typed. */
export function TagsField({ tags, error, onChange }: TagsFieldProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const problem = tagProblem(tags, cleanTag(typed))
  const add = () => {
    const tag = cleanTag(typed)
    if (tag === '' || problem !== null) return
    if (!tags.includes(tag)) onChange([...tags, tag])
    setTyped('')
  }
  return (
    <div>
      <Input
        label={t('callNotes.tags')}
        hint={t('callNotes.tagsHint')}
        error={problem === null ? error : t(`callNotes.errors.${problem}`, CALL_LIMITS)}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return
          event.preventDefault()
          add()
        }}
      />
      {tags.length > 0 && (
        <ul aria-label={t('calls.tags')} className="mt-2 flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li
              key={tag}
              className="inline-flex max-w-full items-center rounded-sm bg-primary-soft pl-2 text-xs font-medium"
            >
              <bdi className="truncate">{tag}</bdi>
              <button
                type="button"
                aria-label={t('callNotes.removeTag', { tag })}
                className="grid size-7 shrink-0 place-items-center rounded-sm hover:bg-sunken"
                onClick={() => onChange(tags.filter((it) => it !== tag))}
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
