import type { ReactNode } from 'react'
import { classes } from './classes'

export type BadgeTone = 'neutral' | 'good' | 'warning' | 'bad' | 'caller' | 'agent'

const TONES: Record<BadgeTone, string> = {
  neutral: 'bg-sunken text-muted',
  good: 'bg-primary-soft text-ink',
  warning: 'bg-warning-soft text-warning',
  bad: 'bg-danger-soft text-danger',
  caller: 'bg-caller-soft text-caller',
  agent: 'bg-agent-soft text-agent',
}

export function Badge({ tone = 'neutral', children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1.5 rounded-sm px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  )
}
