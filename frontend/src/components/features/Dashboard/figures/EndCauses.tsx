import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card } from '@/components/common/Card'
import { useFormat } from '@/hooks/useFormat'
import type { CallStats } from '@/types/dashboard'

interface EndCausesProps {
  causes: CallStats['causes']
  /** The filters that find the same calls in the history. */
  filters: Readonly<Record<string, string>>
}

/** Why calls ended, the commonest first; each leads to its calls. */
export function EndCauses({ causes, filters }: EndCausesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const most = Math.max(1, ...causes.map(({ calls }) => calls))
  const sorted = [...causes].sort((one, other) => other.calls - one.calls)
  return (
    <Card title={t('dashboard.causes')}>
      {sorted.length === 0 && <p className="text-sm text-muted">{t('dashboard.noneEnded')}</p>}
      <ul className="space-y-1">
        {sorted.map(({ cause, calls }) => (
          <li key={cause}>
            <Link
              to={{
                pathname: '/calls',
                search: new URLSearchParams({ ...filters, end_cause: cause }).toString(),
              }}
              className="-mx-2 block rounded-sm px-2 py-1.5 text-sm hover:bg-sunken"
            >
              <span className="flex items-baseline justify-between gap-3">
                <span>{t(`call.causes.${cause}`)}</span>
                <span className="figures">{format.number(calls)}</span>
              </span>
              <svg className="mt-1.5 block h-1.5 w-full text-primary" aria-hidden>
                <rect width="100%" height="100%" rx="3" className="fill-sunken" />
                <rect width={`${(100 * calls) / most}%`} height="100%" rx="3" fill="currentColor" />
              </svg>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
