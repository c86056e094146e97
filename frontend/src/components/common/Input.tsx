import type { ComponentProps } from 'react'
import { classes } from './classes'
import { CONTROL_CLASSES, Field, type FieldProps } from './Field'

export function Input({ label, hint, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <input className={classes(CONTROL_CLASSES, 'h-10', className)} {...control} {...rest} />}
    </Field>
  )
}

export function Textarea({
  label,
  hint,
  error,
  className,
  ...rest
}: FieldProps & ComponentProps<'textarea'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea className={classes(CONTROL_CLASSES, 'resize-y py-2', className)} {...control} {...rest} />
      )}
    </Field>
  )
}

/** A number on a scale; `shown` is how its value reads. */
export function Slider({
  label,
  hint,
  error,
  shown,
  ...rest
}: FieldProps & ComponentProps<'input'> & { shown: string }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <div className="flex h-10 items-center gap-4">
          <input type="range" className="min-w-0 flex-1" aria-valuetext={shown} {...control} {...rest} />
          <output className="figures w-28 text-right text-sm whitespace-nowrap text-muted">{shown}</output>
        </div>
      )}
    </Field>
  )
}
