import { useTranslation } from 'react-i18next'
import { Choice } from '@/components/common/Choice'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { daysIn, MAX_DAYS, problemsOf, RANGES, type Range, type Span, type SpanProblem } from './spans'

interface SpanPickerProps {
  span: Span
  onChange: (changes: Partial<Span>) => void
  agents: readonly { id: string; name: string; archived: boolean }[]
}

/** Which days and which agent the figures are about; every choice counts at once. */
export function SpanPicker({ span, onChange, agents }: SpanPickerProps) {
  const { t } = useTranslation()
  const now = new Date()
  const problems = problemsOf(span, now)
  const say = (problem: SpanProblem | undefined) =>
    problem && t(`dashboard.spanProblems.${problem}`, { days: MAX_DAYS })
  const today = daysIn({ ...span, range: 'today' }, now).to
  // Who chooses own days begins with those that are in sight.
  const choose = (range: Range) => onChange(range === 'own' ? { range, ...daysIn(span, now) } : { range })
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
      <Choice
        label={t('dashboard.range')}
        value={span.range}
        onChange={choose}
        options={RANGES.map((value) => ({ value, label: t(`dashboard.ranges.${value}`) }))}
      />
      {span.range === 'own' && (
        <div className="grid w-full grid-cols-2 gap-3 sm:w-auto">
          <Input
            label={t('calls.from')}
            type="date"
            max={today}
            value={span.from}
            error={say(problems.from)}
            onChange={(event) => onChange({ from: event.target.value })}
            className="h-11"
          />
          <Input
            label={t('calls.to')}
            type="date"
            max={today}
            value={span.to}
            error={say(problems.to)}
            onChange={(event) => onChange({ to: event.target.value })}
            className="h-11"
          />
        </div>
      )}
      <div className="w-full sm:ml-auto sm:w-56">
        <Select
          label={t('calls.filterAgent')}
          value={span.agent_id}
          onChange={(event) => onChange({ agent_id: event.target.value })}
          className="h-11"
        >
          <option value="">{t('calls.allAgents')}</option>
          {agents.map(({ id, name, archived }) => (
            <option key={id} value={id}>
              {archived ? t('dashboard.archivedAgent', { name }) : name}
            </option>
          ))}
        </Select>
      </div>
    </div>
  )
}
