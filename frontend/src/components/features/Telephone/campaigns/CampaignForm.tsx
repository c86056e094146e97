import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { FormProvider, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Input } from '@/components/common/Input'
import { Notice } from '@/components/common/Notice'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useFormat } from '@/hooks/useFormat'
import { createCampaign } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import { CAMPAIGN_LIMITS, type Campaign, type CampaignDraft } from '@/types/telephony'
import { Retries } from '../common/Retries'
import { useAgentVariables } from '../common/useAgentVariables'
import { useErrorText } from '../common/useErrorText'
import { useShowRefusal } from '../common/useShowRefusal'
import { WhoCalls } from '../common/WhoCalls'
import { campaignDraft, campaignSchema, newCampaign, type CampaignValues } from './campaignSchema'
import { ContactsField } from './ContactsField'
import { HoursFields } from './HoursFields'
import { useContacts } from './useContacts'

interface CampaignFormProps {
  /** The agent that is chosen at first. */
  agentId: string
  onCreated: (campaign: Campaign) => void
}

/** A campaign to be made: who calls whom, when, and how fast. It is asked before anybody is called. */
export function CampaignForm({ agentId, onCreated }: CampaignFormProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const dispatch = useAppDispatch()
  const errorText = useErrorText()
  const form = useForm<CampaignValues>({
    resolver: zodResolver(campaignSchema),
    defaultValues: newCampaign(agentId),
  })
  const { register, control, formState } = form
  const { errors } = formState
  const { agent_id, max_attempts } = useWatch({ control, compute: (values) => values })
  const wanted = useAgentVariables(agent_id)
  const contacts = useContacts()
  const refusal = useShowRefusal(form, ['name', 'agent_id', 'from'])
  const [asked, setAsked] = useState<CampaignDraft | null>(null)
  const [isBusy, setBusy] = useState(false)
  const { file, preview } = contacts
  const isReady = preview !== null && preview.wrong === 0
  const people = { count: preview?.contacts ?? 0, shown: format.number(preview?.contacts ?? 0) }

  /** What the contacts are looked at with. The name has nothing to do with them, and may not be there yet. */
  const draftFrom = (fileName: string) => (csv: string) => {
    const values = form.getValues()
    const name = values.name.trim() === '' ? fileName.slice(0, CAMPAIGN_LIMITS.name) : values.name
    return campaignDraft({ ...values, name }, csv)
  }
  const ask = form.handleSubmit((values) => {
    refusal.clear()
    if (file && isReady) setAsked(campaignDraft(values, file.csv))
  })
  const create = async (draft: CampaignDraft) => {
    setBusy(true)
    const result = await dispatch(createCampaign(draft))
    setBusy(false)
    setAsked(null)
    if (createCampaign.fulfilled.match(result)) onCreated(result.payload)
    else refusal.show(problemOf(result))
  }
  const range = ({ min, max }: { min: number; max: number }) => ({
    min: format.number(min),
    max: format.number(max),
  })

  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={(event) => void ask(event)} className="space-y-5">
        <Card title={t('campaigns.who')}>
          <div className="space-y-5">
            <Input
              label={t('campaigns.name')}
              hint={t('campaigns.nameHint')}
              autoComplete="off"
              error={errorText(errors.name?.message)}
              {...register('name')}
            />
            <WhoCalls
              register={register}
              errors={errors}
              onChange={() => void contacts.lookAgain(draftFrom(file?.name ?? ''))}
            />
          </div>
        </Card>
        <Card title={t('campaigns.contacts')}>
          <ContactsField
            contacts={contacts}
            wanted={wanted}
            onPick={(picked) => void contacts.pick(picked, draftFrom(picked.name))}
          />
        </Card>
        <Card title={t('campaigns.pace')}>
          <div className="space-y-6">
            <HoursFields />
            <div className="grid gap-5 sm:grid-cols-2">
              <Input
                type="number"
                label={t('campaigns.perMinute')}
                hint={t('campaigns.perMinuteHint')}
                error={errorText(errors.calls_per_minute?.message, range(CAMPAIGN_LIMITS.calls_per_minute))}
                {...CAMPAIGN_LIMITS.calls_per_minute}
                {...register('calls_per_minute')}
              />
              <Input
                type="number"
                label={t('campaigns.atOnce')}
                hint={t('campaigns.atOnceHint')}
                error={errorText(errors.at_once?.message, range(CAMPAIGN_LIMITS.at_once))}
                {...CAMPAIGN_LIMITS.at_once}
                {...register('at_once')}
              />
            </div>
            <Retries register={register} errors={errors} attempts={max_attempts} />
          </div>
        </Card>
        {refusal.notice !== null && <Notice tone="error">{refusal.notice}</Notice>}
        <div className="flex flex-wrap items-center justify-end gap-3">
          {!isReady && <p className="text-sm text-muted">{t('campaigns.needsFile')}</p>}
          <Button type="submit" tone="primary" disabled={!isReady}>
            {t('campaigns.start')}
          </Button>
        </div>
      </form>
      <ConfirmDialog
        open={asked !== null}
        tone="primary"
        title={t('campaigns.startTitle', people)}
        text={t('campaigns.startText')}
        confirmLabel={t('campaigns.start')}
        cancelLabel={t('common.cancel')}
        busy={isBusy}
        onConfirm={() => asked && void create(asked)}
        onCancel={() => setAsked(null)}
      />
    </FormProvider>
  )
}
