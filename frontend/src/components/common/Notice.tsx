import { Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes'

const TONES = {
  info: 'bg-sunken text-ink',
  warning: 'bg-warning-soft text-ink',
  error: 'bg-danger-soft text-ink',
}

const ICONS = { info: 'text-muted', warning: 'text-warning', error: 'text-danger' }

interface NoticeProps {
  tone: keyof typeof TONES
  title?: string
  children?: ReactNode
  action?: ReactNode
}

/** Something the person should know, in place. Errors interrupt a screen reader, the others wait. */
export function Notice({ tone, title, children, action }: NoticeProps) {
  const Icon = tone === 'info' ? Info : TriangleAlert
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={classes(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded px-4 py-3 text-sm',
        TONES[tone],
      )}
    >
      <Icon
        className={classes('mt-0.5 size-4 shrink-0', title !== undefined && 'self-start', ICONS[tone])}
        aria-hidden
      />
      <div className="min-w-48 flex-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        {children}
      </div>
      {action}
    </div>
  )
}
