import { SlidersHorizontal } from 'lucide-react'
import { useCallback, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Select } from '@/components/common/Select'
import { countFilters, NO_FILTERS, RARER, SORTS, STATUSES, type Filters } from './filters'
import { MoreFilters } from './MoreFilters'
import { SearchField } from './SearchField'
import type { ChangeFilters } from './useFilters'

interface CallFiltersProps {
  filters: Filters
  onChange: ChangeFilters
  agents: readonly { id: string; name: string }[]
  /** There is no table whose columns could sort. */
  isNarrow: boolean
}

/** Search and filters; every choice is in the address at once. */
export function CallFilters({ filters, onChange, agents, isNarrow }: CallFiltersProps) {
  const { t } = useTranslation()
  const panel = useId()
  const rareCount = countFilters(filters, RARER)
  const [isOpen, setOpen] = useState(rareCount > 0)
  const search = useCallback((q: string) => onChange({ q }, { replace: true }), [onChange])
  return (
    <div className="mb-5 space-y-4">
      <SearchField value={filters.q} onSearch={search} />
      <div className="grid grid-cols-2 items-end gap-x-4 gap-y-3 sm:flex sm:flex-wrap">
        <div className="col-span-2 min-w-0 sm:w-48">
          <Select
            label={t('calls.filterAgent')}
            value={filters.agent_id}
            onChange={(event) => onChange({ agent_id: event.target.value })}
          >
            <option value="">{t('calls.allAgents')}</option>
            {agents.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </div>
        {isNarrow && <SortSelect filters={filters} onChange={onChange} />}
        <div className="min-w-0 sm:w-44">
          <Select
            label={t('calls.filterStatus')}
            value={filters.status}
            onChange={(event) => onChange({ status: event.target.value as Filters['status'] })}
          >
            <option value="">{t('calls.allStatuses')}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {t(`calls.statuses.${status}`)}
              </option>
            ))}
          </Select>
        </div>
        <Button
          aria-expanded={isOpen}
          aria-controls={panel}
          className="rounded"
          onClick={() => setOpen(!isOpen)}
        >
          <SlidersHorizontal className="size-4" aria-hidden />
          {rareCount === 0 ? t('calls.moreFilters') : t('calls.moreFiltersSet', { count: rareCount })}
        </Button>
        {countFilters(filters) > 0 && (
          <Button
            tone="quiet"
            className="justify-self-start"
            onClick={() => onChange({ ...NO_FILTERS, sort: filters.sort, order: filters.order })}
          >
            {t('calls.clear')}
          </Button>
        )}
      </div>
      <div id={panel} hidden={!isOpen} className="@container">
        <MoreFilters filters={filters} onChange={onChange} />
      </div>
    </div>
  )
}

function SortSelect({ filters, onChange }: { filters: Filters; onChange: ChangeFilters }) {
  const { t } = useTranslation()
  return (
    <div className="col-span-2 min-w-0 sm:w-68">
      <Select
        label={t('calls.sort')}
        value={`${filters.sort} ${filters.order}`}
        onChange={(event) => {
          const [sort, order] = event.target.value.split(' ') as [Filters['sort'], Filters['order']]
          onChange({ sort, order })
        }}
      >
        {SORTS.flatMap((sort) =>
          (['desc', 'asc'] as const).map((order) => (
            <option key={`${sort} ${order}`} value={`${sort} ${order}`}>
              {t(`calls.sorts.${sort}.${order}`)}
            </option>
          )),
        )}
      </Select>
    </div>
  )
}
