import { Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { CONTROL_CLASSES } from '@/components/common/Field'
import { CALL_LIMITS } from '@/types/calls'

/** Who pauses for so long wants to see what was found. */
const PAUSE_MS = 350

/** Searches when the person pauses or presses Enter. */
export function SearchField({ value, onSearch }: { value: string; onSearch: (words: string) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  // The address changed by itself (back, a link): it wins over what is in the field.
  if (shown !== value) {
    setShown(value)
    if (typed.trim() !== value.trim()) setTyped(value)
  }

  useEffect(() => {
    if (typed.trim() === value.trim()) return
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onSearch])

  return (
    <form
      role="search"
      className="relative"
      onSubmit={(event) => {
        event.preventDefault()
        onSearch(typed.trim())
      }}
    >
      <Search className="pointer-events-none absolute top-3 left-3 size-4 text-muted" aria-hidden />
      <input
        type="text"
        enterKeyHint="search"
        className={classes(CONTROL_CLASSES, 'h-10 px-9')}
        aria-label={t('calls.search')}
        placeholder={t('calls.searchHint')}
        maxLength={CALL_LIMITS.q}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {typed !== '' && (
        <button
          type="button"
          aria-label={t('calls.clearSearch')}
          className="absolute top-1 right-1 grid size-8 place-items-center rounded text-muted hover:text-ink"
          onClick={() => {
            setTyped('')
            onSearch('')
          }}
        >
          <X className="size-4" aria-hidden />
        </button>
      )}
    </form>
  )
}
