import { Tag } from 'lucide-react'
import { Link, useLocation } from 'react-router'
import { useTranslation } from 'react-i18next'
import type { CallSummary } from '@/types/calls'
import { Highlighted } from './Highlighted'

/** What stands below a call in the list: where the search found it, else its note, and its tags. */
export function CallRemarks({ call, search }: { call: CallSummary; search: string }) {
  const text = call.snippet ?? call.note
  if (text === '' && call.tags.length === 0) return null
  return (
    <div className="mt-1 max-w-lg space-y-1.5">
      {text !== '' && (
        <p className="line-clamp-2 text-sm wrap-anywhere text-muted">
          <Highlighted text={text} search={search} />
        </p>
      )}
      <Tags tags={call.tags} />
    </div>
  )
}

function Tags({ tags }: { tags: readonly string[] }) {
  const { t } = useTranslation()
  const { search } = useLocation()
  if (tags.length === 0) return null
  const withTag = (tag: string) => {
    const params = new URLSearchParams(search)
    params.set('tag', tag)
    return `/calls?${params.toString()}`
  }
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={t('calls.tags')}>
      {tags.map((tag) => (
        <li key={tag} className="min-w-0">
          {/* Above the link that covers the row. */}
          <Link
            to={withTag(tag)}
            className="relative z-10 inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm bg-primary-soft px-2 text-xs font-medium text-ink hover:underline"
          >
            <Tag className="size-3 shrink-0" aria-hidden />
            <bdi className="truncate">{tag}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  )
}
