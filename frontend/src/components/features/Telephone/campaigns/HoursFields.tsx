import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Input } from '@/components/common/Input'
import { Select } from '@/components/common/Select'
import { localeOf } from '@/i18n/locale'
import { useErrorText } from '../common/useErrorText'
import { WEEKDAYS, zones, type CampaignValues } from './campaignSchema'
import { weekdayName } from './weekdays'

/** When people may be called, by the clocks of where they live. */
export function HoursFields() {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const { register, formState, getValues } = useFormContext<CampaignValues>()
  const { errors } = formState
  const locale = localeOf(i18n.language)
  const wrongDays = errorText(errors.weekdays?.message)
  return (
    <fieldset className="space-y-4">
      <legend className="mb-1 text-sm font-semibold">{t('campaigns.hours')}</legend>
      <p className="text-sm text-muted">{t('campaigns.hoursHint')}</p>
      <div role="group" aria-label={t('campaigns.weekdays')} className="flex flex-wrap gap-x-4 gap-y-2">
        {WEEKDAYS.map((day) => (
          <label key={day} className="flex min-h-9 cursor-pointer items-center gap-2 text-sm">
            <input type="checkbox" value={day} className="size-4 accent-primary" {...register('weekdays')} />
            {weekdayName(Number(day), locale, 'long')}
          </label>
        ))}
      </div>
      {wrongDays !== undefined && <p className="text-sm text-danger">{wrongDays}</p>}
      <div className="grid gap-5 sm:grid-cols-[9.5rem_9.5rem_1fr]">
        <Input
          type="time"
          label={t('campaigns.opens')}
          error={errorText(errors.opens?.message)}
          {...register('opens')}
        />
        <Input
          type="time"
          label={t('campaigns.closes')}
          error={errorText(errors.closes?.message)}
          {...register('closes')}
        />
        <Select label={t('campaigns.zone')} error={errorText(errors.zone?.message)} {...register('zone')}>
          {zones(getValues('zone')).map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </Select>
      </div>
    </fieldset>
  )
}
