import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { CALL_LIMITS } from '@/types/calls'
import { DIRECTIONS, END_CAUSES, type Filters } from './filters'
import type { ChangeFilters } from './useFilters'

/** The filters that are wanted now and then. */
export function MoreFilters({ filters, onChange }: { filters: Filters; onChange: ChangeFilters }) {
  const { t } = useTranslation()
  const isReversed = filters.from !== '' && filters.to !== '' && filters.from > filters.to
  return (
    <div className="grid gap-4 rounded-lg border border-line bg-panel p-4 @sm:grid-cols-2 @4xl:grid-cols-5">
      <Input
        type="date"
        label={t('calls.from')}
        value={filters.from}
        max={filters.to}
        onChange={(event) => onChange({ from: event.target.value })}
      />
      <Input
        type="date"
        label={t('calls.to')}
        value={filters.to}
        min={filters.from}
        error={isReversed ? t('calls.reversed') : undefined}
        onChange={(event) => onChange({ to: event.target.value })}
      />
      <Select
        label={t('calls.endCause')}
        value={filters.end_cause}
        onChange={(event) => onChange({ end_cause: event.target.value as Filters['end_cause'] })}
      >
        <option value="">{t('calls.any')}</option>
        {END_CAUSES.map((cause) => (
          <option key={cause} value={cause}>
            {t(`call.causes.${cause}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t('calls.direction')}
        value={filters.direction}
        onChange={(event) => onChange({ direction: event.target.value as Filters['direction'] })}
      >
        <option value="">{t('calls.any')}</option>
        {DIRECTIONS.map((direction) => (
          <option key={direction} value={direction}>
            {t(`calls.directions.${direction}`)}
          </option>
        ))}
      </Select>
      <div className="@sm:max-@4xl:col-span-2">
        <TagFilter key={filters.tag} value={filters.tag} onChange={(tag) => onChange({ tag })} />
      </div>
    </div>
  )
}

/** A whole tag: searched for when the field is left or Enter pressed, as half a tag finds nothing. */
function TagFilter({ value, onChange }: { value: string; onChange: (tag: string) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const chosen = () => {
    if (typed.trim() !== value) onChange(typed.trim())
  }
  return (
    <Input
      label={t('calls.tag')}
      value={typed}
      maxLength={CALL_LIMITS.tag}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={chosen}
      onKeyDown={(event) => {
        if (event.key === 'Enter') chosen()
      }}
    />
  )
}
