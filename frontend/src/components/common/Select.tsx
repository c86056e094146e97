import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes'
import { CONTROL_CLASSES, Field, type FieldProps } from './Field'

/** The browser's own select: at home on phones, with keyboards and with screen readers. */
export function Select({ label, hint, error, className, ...rest }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="relative block">
          <select
            className={classes(CONTROL_CLASSES, 'h-10 appearance-none pr-9 text-ellipsis', className)}
            {...control}
            {...rest}
          />
          <ChevronDown className="pointer-events-none absolute top-3 right-3 size-4 text-muted" aria-hidden />
        </span>
      )}
    </Field>
  )
}
