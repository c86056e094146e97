import { useId, type ReactNode } from 'react'
import { useFormContext, type FieldPathByValue } from 'react-hook-form'
import type { AgentValues } from './agentSchema'

interface SwitchFieldProps {
  field: FieldPathByValue<AgentValues, boolean>
  label: string
  children: ReactNode
}

/** Something that is on or off, and what that means. */
export function SwitchField({ field, label, children }: SwitchFieldProps) {
  const { register } = useFormContext<AgentValues>()
  const id = useId()
  return (
    <div className="flex items-start gap-4">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-describedby={`${id}-hint`}
        className="relative mt-0.5 h-6 w-11 shrink-0 cursor-pointer appearance-none rounded-full border border-line-strong bg-sunken transition-colors before:absolute before:top-[3px] before:left-[3px] before:size-4 before:rounded-full before:bg-line-strong before:transition-transform checked:border-primary checked:bg-primary checked:before:translate-x-5 checked:before:bg-on-primary"
        {...register(field)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block cursor-pointer text-sm font-medium">
          {label}
        </label>
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          {children}
        </p>
      </div>
    </div>
  )
}
