import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { Card } from '@/components/common/Card'
import { CopyField } from '@/components/common/CopyField'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchCarriers, selectCarriers } from '@/store/slices/telephonySlice'
import type { Carrier } from '@/types/telephony'
import { carrierName } from '../common/carrierName'
import { MissingSettings } from './MissingSettings'

/** The carriers: whether the server has an account there, and what to enter there. */
export function CarrierSettings() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const carriers = useAppSelector(selectCarriers)
  const load = useCallback(() => void dispatch(fetchCarriers()), [dispatch])
  return (
    <Card title={t('phone.carriers.title')}>
      <p className="mb-4 max-w-prose text-sm text-muted">{t('phone.carriers.text')}</p>
      <LoadedSection part={carriers} load={load}>
        <ul className="divide-y divide-line border-t border-line">
          {carriers.value.map((carrier) => (
            <CarrierRow key={carrier.name} carrier={carrier} />
          ))}
        </ul>
      </LoadedSection>
    </Card>
  )
}

function CarrierRow({ carrier }: { carrier: Carrier }) {
  const { t } = useTranslation()
  const name = carrierName(carrier.name)
  const steps = carrier.name === 'twilio' || carrier.name === 'telnyx' ? carrier.name : 'other'
  return (
    <li className="space-y-4 py-5 last:pb-0">
      <h3 className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
        {name}
        {carrier.configured ? (
          <Badge tone="good">{t('phone.carriers.configured')}</Badge>
        ) : (
          <Badge>{t('phone.carriers.notConfigured')}</Badge>
        )}
      </h3>
      {!carrier.configured && <MissingSettings missing={carrier.missing} />}
      {carrier.configured && carrier.webhook_url !== null && (
        <CopyField
          label={t('phone.carriers.webhook')}
          value={carrier.webhook_url}
          hint={t(`phone.carriers.steps.${steps}`)}
          copyLabel={t('phone.carriers.copyWebhook', { carrier: name })}
        />
      )}
      {carrier.configured && carrier.status_url !== null && (
        <CopyField
          label={t('phone.carriers.status')}
          value={carrier.status_url}
          hint={t('phone.carriers.statusStep')}
          copyLabel={t('phone.carriers.copyStatus', { carrier: name })}
        />
      )}
    </li>
  )
}
