import { useState, type ReactNode } from 'react'
import { useController, type FieldPathByValue } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { CONTROL_CLASSES, Field } from '@/components/common/Field'
import { classes } from '@/components/common/classes'
import { useFormat } from '@/hooks/useFormat'
import type { AgentValues } from './agentSchema'
import { MINUTE_MS, SECOND_MS, type Span } from './turnTakingSchema'
import { useFieldErrors } from './useFieldErrors'

/** How a number is written, and how much of the form's value one of the unit is. */
const UNITS = {
  milliseconds: { scale: 1, step: 20 },
  seconds: { scale: SECOND_MS, step: 0.5 },
  minutes: { scale: MINUTE_MS, step: 1 },
  count: { scale: 1, step: 1 },
  share: { scale: 1, step: 0.05 },
} as const

interface NumberFieldProps {
  field: FieldPathByValue<AgentValues, number | null>
  label: string
  hint?: ReactNode
  unit: keyof typeof UNITS
  limits: Span
  /** What the form holds when nothing is written; NaN is refused. */
  whenEmpty?: null | number
  placeholder?: string
}

/** A number in the unit people think in, whatever the unit of the form's value. */
export function NumberField(props: NumberFieldProps) {
  const { field, label, hint, unit, limits, whenEmpty = Number.NaN, placeholder } = props
  const { t } = useTranslation()
  const format = useFormat()
  const errorOf = useFieldErrors()
  const { field: control } = useController<AgentValues, typeof field>({ name: field })
  const { scale, step } = UNITS[unit]
  const [written, setWritten] = useState('')

  const read = (text: string) =>
    text.trim() === '' ? whenEmpty : Math.round(Number(text) * scale * 1e6) / 1e6
  const shown = Object.is(read(written), control.value) ? written : show(control.value, scale)
  const bounds = { min: format.decimal(limits.min / scale), max: format.decimal(limits.max / scale) }
  const hasUnit = unit !== 'count' && unit !== 'share'
  return (
    <Field label={label} hint={hint} error={errorOf(field, bounds)}>
      {(described) => (
        <span className="relative block">
          <input
            type="number"
            inputMode="decimal"
            step={step}
            min={limits.min / scale}
            max={limits.max / scale}
            placeholder={placeholder}
            className={classes(CONTROL_CLASSES, 'figures h-10 placeholder:font-sans', hasUnit && 'pr-14')}
            {...described}
            name={control.name}
            ref={control.ref}
            value={shown}
            onBlur={control.onBlur}
            onChange={({ target }) => {
              setWritten(target.value)
              control.onChange(read(target.value))
            }}
          />
          {hasUnit && (
            <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-sm text-muted">
              {t(`agentForm.units.${unit}`)}
            </span>
          )}
        </span>
      )}
    </Field>
  )
}

function show(value: number | null, scale: number): string {
  return value === null || Number.isNaN(value) ? '' : String(value / scale)
}
