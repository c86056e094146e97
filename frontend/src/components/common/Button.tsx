import type { ComponentProps } from 'react'
import { classes } from './classes'
import { Spinner } from './Spinner'

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger'

const TONES: Record<ButtonTone, string> = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover shadow-raised',
  plain: 'border border-line-strong bg-panel text-ink hover:bg-sunken',
  quiet: 'text-ink hover:bg-sunken',
  danger: 'bg-danger-fill text-on-danger hover:bg-danger-hover shadow-raised',
}

const SIZES = {
  normal: 'h-10 px-4 text-sm gap-2',
  large: 'h-14 px-8 text-lg gap-3',
  icon: 'size-10',
  round: 'size-14',
}

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: ButtonTone
  size?: keyof typeof SIZES
  /** Work is under way: shows it, and takes no more presses. */
  busy?: boolean
}

/** How a button looks, for links that act like one. */
export function buttonClasses(tone: ButtonTone = 'plain', size: keyof typeof SIZES = 'normal'): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center rounded-full font-medium whitespace-nowrap transition-colors',
    'disabled:opacity-50 aria-disabled:opacity-50',
    TONES[tone],
    SIZES[size],
  )
}

export function Button({ tone, size, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classes(buttonClasses(tone, size), className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}
