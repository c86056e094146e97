import { ArrowDown, ArrowUp, ChevronDown, X } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { CONTROL_CLASSES } from '@/components/common/Field'

interface OrderedListProps {
  label: string
  hint: string
  error?: string | undefined
  /** The items in order; `key` is stable while an item moves. */
  items: readonly { key: string; name: string; body?: ReactNode }[]
  /** What may still be added; nothing hides the control. */
  addable: readonly { id: string; name: string }[]
  addLabel: string
  /** The fewest that must remain. */
  fewest: number
  onAdd: (id: string) => void
  onMove: (from: number, to: number) => void
  onRemove: (index: number) => void
}

/** Things that are asked one after the other: the first serves, the others stand in for it. */
export function OrderedList(props: OrderedListProps) {
  const { label, hint, error, items, addable, addLabel, fewest, onAdd, onMove, onRemove } = props
  const { t } = useTranslation()
  const id = useId()
  return (
    <div role="group" aria-labelledby={id} aria-describedby={`${id}-hint`}>
      <p id={id} className="text-sm font-medium">
        {label}
      </p>
      <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
        {hint}
      </p>
      {items.length > 0 && (
        <ol className="mt-3 space-y-2">
          {items.map(({ key, name, body }, n) => (
            <li key={key} className="rounded border border-line bg-canvas">
              <div className="flex min-h-12 items-center gap-2 py-1 pr-1 pl-3">
                <span className="figures w-5 shrink-0 text-sm text-muted" aria-hidden>
                  {n + 1}
                </span>
                <span className="min-w-0 flex-1 text-sm font-medium">{name}</span>
                <Tool
                  label={t('agentForm.order.up', { name })}
                  hidden={n === 0}
                  onClick={() => onMove(n, n - 1)}
                >
                  <ArrowUp className="size-4" aria-hidden />
                </Tool>
                <Tool
                  label={t('agentForm.order.down', { name })}
                  hidden={n === items.length - 1}
                  onClick={() => onMove(n, n + 1)}
                >
                  <ArrowDown className="size-4" aria-hidden />
                </Tool>
                <Tool
                  label={t('agentForm.order.remove', { name })}
                  hidden={items.length <= fewest}
                  onClick={() => onRemove(n)}
                >
                  <X className="size-4" aria-hidden />
                </Tool>
              </div>
              {body !== undefined && <div className="border-t border-line p-3">{body}</div>}
            </li>
          ))}
        </ol>
      )}
      {error !== undefined && <p className="mt-1.5 text-sm text-danger">{error}</p>}
      {addable.length > 0 && (
        <span className="relative mt-2 block sm:max-w-64">
          <select
            aria-label={addLabel}
            className={`${CONTROL_CLASSES} h-10 appearance-none pr-9 text-ellipsis`}
            value=""
            onChange={({ target }) => onAdd(target.value)}
          >
            <option value="">{addLabel}</option>
            {addable.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
          <ChevronDown className="pointer-events-none absolute top-3 right-3 size-4 text-muted" aria-hidden />
        </span>
      )}
    </div>
  )
}

interface ToolProps {
  label: string
  hidden: boolean
  onClick: () => void
  children: ReactNode
}

function Tool({ label, hidden, onClick, children }: ToolProps) {
  if (hidden) return null
  return (
    <Button tone="quiet" size="icon" aria-label={label} title={label} onClick={onClick}>
      {children}
    </Button>
  )
}
