import { Plus, Trash2 } from 'lucide-react'
import { useId } from 'react'
import { useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import type { AgentValues } from './agentSchema'
import { SwitchField } from './SwitchField'
import { TELEPHONE_LIMITS } from './telephoneSchema'
import { useFieldErrors } from './useFieldErrors'

const EMPTY = { name: '', number: '', description: '', warm: false }

/** Whom callers can be put through to: these and nobody else, whatever a caller says. */
export function Destinations() {
  const { t } = useTranslation()
  const id = useId()
  const errorOf = useFieldErrors()
  const { control } = useFormContext<AgentValues>()
  const { fields, append, remove } = useFieldArray({ control, name: 'telephone.destinations' })
  // What is wrong in one of them stands at its own field.
  const ofAll = fields.length === 0 ? errorOf('telephone.destinations') : undefined
  return (
    <div role="group" aria-labelledby={id} aria-describedby={`${id}-hint`}>
      <p id={id} className="text-sm font-semibold">
        {t('agentTelephone.destinations')}
      </p>
      <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
        {t('agentTelephone.destinationsHint')}
      </p>
      {fields.length > 0 && (
        <ol className="mt-3 space-y-3">
          {fields.map((field, n) => (
            <li key={field.id} className="rounded border border-line bg-canvas p-4">
              <DestinationFields index={n} onRemove={() => remove(n)} />
            </li>
          ))}
        </ol>
      )}
      {ofAll !== undefined && <p className="mt-1.5 text-sm text-danger">{ofAll}</p>}
      {fields.length < TELEPHONE_LIMITS.destinations && (
        <Button className="mt-3" onClick={() => append(EMPTY)}>
          <Plus className="size-4" aria-hidden />
          {t('agentTelephone.addDestination')}
        </Button>
      )}
    </div>
  )
}

function DestinationFields({ index, onRemove }: { index: number; onRemove: () => void }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, control } = useFormContext<AgentValues>()
  const path = `telephone.destinations.${index}` as const
  const written = useWatch({ control, name: `${path}.name` })
  const name = written.trim() === '' ? t('agentTelephone.unnamed', { number: index + 1 }) : written
  return (
    <div role="group" aria-label={name} className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Input
          label={t('agentTelephone.destinationName')}
          hint={t('agentTelephone.destinationNameHint')}
          autoComplete="off"
          error={errorOf(`${path}.name`, { max: TELEPHONE_LIMITS.name })}
          {...register(`${path}.name`)}
        />
        <Input
          label={t('phone.number')}
          hint={t('phone.numberHint')}
          type="tel"
          autoComplete="off"
          className="figures"
          error={errorOf(`${path}.number`)}
          {...register(`${path}.number`)}
        />
      </div>
      <Input
        label={t('agentTelephone.description')}
        hint={t('agentTelephone.descriptionHint')}
        autoComplete="off"
        error={errorOf(`${path}.description`, { max: TELEPHONE_LIMITS.description })}
        {...register(`${path}.description`)}
      />
      <div className="flex items-start justify-between gap-4">
        <SwitchField field={`${path}.warm`} label={t('agentTelephone.warm')}>
          {t('agentTelephone.warmHint')}
        </SwitchField>
        <Button
          tone="quiet"
          size="icon"
          aria-label={t('agentForm.order.remove', { name })}
          title={t('agentForm.order.remove', { name })}
          onClick={onRemove}
        >
          <Trash2 className="size-4" aria-hidden />
        </Button>
      </div>
    </div>
  )
}
