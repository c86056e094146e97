import { Pencil, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Badge } from '@/components/common/Badge'
import { Button } from '@/components/common/Button'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useWidth } from '@/hooks/useWidth'
import { selectAllAgents, selectOptions } from '@/store/slices/configSlice'
import { selectCarriers } from '@/store/slices/telephonySlice'
import type { PhoneLine } from '@/types/telephony'
import { carrierName } from '../common/carrierName'

/** What the columns need at least, in CSS pixels. */
const TABLE_WIDTH = 544

const HEAD = 'py-2 pr-2 sm:pr-4 text-left text-xs font-medium text-muted'
const CELL = 'py-3 pr-2 sm:pr-4 align-top'

interface LineTableProps {
  lines: readonly PhoneLine[]
  onEdit: (line: PhoneLine) => void
  onDelete: (line: PhoneLine) => void
}

/** Every number with who answers it. Where there is no room, all else stands below the number. */
export function LineTable({ lines, onEdit, onDelete }: LineTableProps) {
  const { t } = useTranslation()
  const [place, width] = useWidth(window.innerWidth)
  const isNarrow = width < TABLE_WIDTH
  return (
    <div ref={place} className="@container">
      <table className="w-full text-sm">
        <caption className="sr-only">{t('phone.lines.title')}</caption>
        <thead>
          {/* A single heading says nothing that one does not see. */}
          <tr className="border-b border-line @max-[34rem]:sr-only">
            <th scope="col" className={HEAD}>
              {t('phone.number')}
            </th>
            {!isNarrow && (
              <>
                <th scope="col" className={HEAD}>
                  {t('phone.lines.agent')}
                </th>
                <th scope="col" className={HEAD}>
                  {t('phone.lines.language')}
                </th>
                <th scope="col" className={HEAD}>
                  {t('phone.lines.carrier')}
                </th>
              </>
            )}
            <td />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LineRow
              key={line.id}
              line={line}
              isNarrow={isNarrow}
              onEdit={() => onEdit(line)}
              onDelete={() => onDelete(line)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface LineRowProps {
  line: PhoneLine
  isNarrow: boolean
  onEdit: () => void
  onDelete: () => void
}

function LineRow({ line, isNarrow, onEdit, onDelete }: LineRowProps) {
  const { t } = useTranslation()
  const { number, label, carrier } = line
  const carriers = useAppSelector(selectCarriers)
  const isAsleep =
    carriers.status === 'loaded' &&
    !carriers.value.some(({ name, configured }) => name === carrier && configured)
  const language = useLanguageName(line)
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className={`${CELL} text-left font-normal`}>
        <span className="figures font-medium whitespace-nowrap">{number}</span>
        {label !== '' && <bdi className="block wrap-anywhere text-muted">{label}</bdi>}
        {isNarrow && (
          <>
            <span className="mt-1 block wrap-anywhere">
              <AnsweringAgent id={line.agent_id} />
            </span>
            <span className="block text-xs text-muted">
              {language} · {carrierName(carrier)}
            </span>
          </>
        )}
        {isAsleep && (
          <span className="mt-1 block">
            <Badge tone="warning">{t('phone.lines.asleep')}</Badge>
          </span>
        )}
      </th>
      {!isNarrow && (
        <>
          <td className={`${CELL} wrap-anywhere`}>
            <AnsweringAgent id={line.agent_id} />
          </td>
          <td className={CELL}>{language}</td>
          <td className={CELL}>{carrierName(carrier)}</td>
        </>
      )}
      <td className="py-1.5 text-right align-top whitespace-nowrap">
        <Button
          tone="quiet"
          size="icon"
          aria-label={t('phone.lines.edit', { number })}
          title={t('phone.lines.edit', { number })}
          onClick={onEdit}
        >
          <Pencil className="size-4" aria-hidden />
        </Button>
        <Button
          tone="quiet"
          size="icon"
          aria-label={t('phone.lines.delete', { number })}
          title={t('phone.lines.delete', { number })}
          onClick={onDelete}
        >
          <Trash2 className="size-4" aria-hidden />
        </Button>
      </td>
    </tr>
  )
}

/** Who answers; says so when nobody does. */
function AnsweringAgent({ id }: { id: string }) {
  const { t } = useTranslation()
  const agent = useAppSelector(selectAllAgents).find((one) => one.id === id)
  if (!agent) return <span className="text-muted">{t('phone.lines.nobody')}</span>
  return (
    <>
      <Link to={`/agents/${id}`} className="underline decoration-line-strong underline-offset-4">
        <bdi>{agent.name}</bdi>
      </Link>
      {agent.archived && (
        <span className="mt-1 block">
          <Badge tone="warning">{t('phone.lines.archived')}</Badge>
        </span>
      )}
    </>
  )
}

function useLanguageName({ language }: PhoneLine): string {
  const { t } = useTranslation()
  const languages = useAppSelector(selectOptions)?.languages ?? []
  if (language === null) return t('phone.lines.agentsOwn')
  return languages.find(({ tag }) => tag === language)?.name ?? language
}
