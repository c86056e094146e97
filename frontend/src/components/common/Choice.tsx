import { RadioGroup } from 'radix-ui'
import { useId, type ReactNode } from 'react'

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: readonly { value: Value; label: string; lang?: string; icon?: ReactNode }[]
  onChange: (value: Value) => void
}

/** One of a few things, all of them in sight. */
export function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const labelId = useId()
  return (
    <div>
      <p id={labelId} className="mb-1.5 text-sm font-medium">
        {label}
      </p>
      <RadioGroup.Root
        aria-labelledby={labelId}
        value={value}
        onValueChange={(chosen) => onChange(chosen as Value)}
        className="flex flex-wrap gap-2"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            lang={option.lang}
            className="inline-flex h-11 items-center gap-2 rounded border border-line-strong bg-panel px-4 text-sm hover:bg-sunken data-[state=checked]:border-primary data-[state=checked]:bg-primary-soft data-[state=checked]:font-medium"
          >
            {option.icon}
            {option.label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  )
}
