import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { classes } from '@/components/common/classes'
import type { CallSort } from '@/types/calls'
import type { Filters } from './filters'
import type { ChangeFilters } from './useFilters'

interface SortHeaderProps {
  label: string
  by: CallSort
  filters: Filters
  onChange: ChangeFilters
  className?: string
}

/** The head of a column that sorts: pressed again, it turns the order round. */
export function SortHeader({ label, by, filters, onChange, className }: SortHeaderProps) {
  const isSorted = filters.sort === by
  const isUp = filters.order === 'asc'
  const Icon = !isSorted ? ArrowUpDown : isUp ? ArrowUp : ArrowDown
  return (
    <th scope="col" className={className} aria-sort={isSorted ? (isUp ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className={classes(
          '-mx-1 inline-flex min-h-6 items-center gap-1 rounded-sm px-1 hover:text-ink',
          isSorted && 'text-ink',
        )}
        onClick={() => onChange({ sort: by, order: isSorted && !isUp ? 'asc' : 'desc' })}
      >
        {label}
        <Icon className={classes('size-3.5', !isSorted && 'opacity-50')} aria-hidden />
      </button>
    </th>
  )
}
