import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useState } from 'react'
import { FormProvider, useForm, useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Input } from '@/components/common/Input'
import { Notice } from '@/components/common/Notice'
import { Select } from '@/components/common/Select'
import { useLeaveGuard } from '@/hooks/useLeaveGuard'
import { AGENT_LIMITS, type Agent, type ConfigOptions } from '@/types'
import { agentSchema, valuesOf, type AgentValues } from './agentSchema'
import { emptyDraft } from './defaults'
import { PromptEditor } from './PromptEditor'
import { useFieldErrors } from './useFieldErrors'
import { useSaveAgent } from './useSaveAgent'
import { VoiceSelector } from './VoiceSelector'

interface AgentConfigFormProps {
  /** The agent to be changed; without it, a new one is made. */
  agent?: Agent | undefined
  options: ConfigOptions | null
  onCreated: (agent: Agent) => void
}

/** Everything an owner says about an agent. Nothing entered is lost without asking. */
export function AgentConfigForm({ agent, options, onCreated }: AgentConfigFormProps) {
  const { t, i18n } = useTranslation()
  const form = useForm<AgentValues>({
    resolver: zodResolver(agentSchema),
    defaultValues: valuesOf(agent ?? emptyDraft(i18n.language)),
  })
  const { isDirty, isSubmitting } = form.formState
  const { save, isStale, overwrite, takeTheirs } = useSaveAgent(form, agent)
  const [created, setCreated] = useState<Agent | null>(null)
  const guard = useLeaveGuard(isDirty, { unload: true })

  useEffect(() => {
    // Only once the form is clean, or its own guard would hold the navigation back.
    if (created && !isDirty) onCreated(created)
  }, [created, isDirty, onCreated])

  const submit = form.handleSubmit(async (values) => {
    const saved = await save(values)
    if (saved && !agent) setCreated(saved)
  })

  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
        <Card title={t('agentForm.sections.who')}>
          <Identity options={options} />
        </Card>
        <Card title={t('agentForm.sections.says')}>
          <PromptEditor />
        </Card>
        <Card title={t('agentForm.sections.voice')}>
          <VoiceSelector options={options} />
        </Card>
        {isStale && (
          <Notice tone="error" title={t('agentForm.staleTitle')}>
            <p>{t('agentForm.staleText')}</p>
            <div className="mt-3 flex flex-wrap gap-3">
              <Button onClick={() => void overwrite()}>{t('agentForm.staleOverwrite')}</Button>
              <Button onClick={() => void takeTheirs()}>{t('agentForm.staleReload')}</Button>
            </div>
          </Notice>
        )}
        <div className="sticky bottom-16 z-20 flex items-center justify-end gap-4 rounded-lg border border-line bg-panel px-4 py-3 shadow-floating md:bottom-4">
          {isDirty && <p className="text-sm text-muted">{t('agentForm.unsaved')}</p>}
          <Button type="submit" tone="primary" busy={isSubmitting} disabled={!isDirty}>
            {agent ? t('agentForm.save') : t('agentForm.create')}
          </Button>
        </div>
      </form>
      <ConfirmDialog
        open={guard.state === 'blocked'}
        title={t('agentForm.leaveTitle')}
        text={t('agentForm.leaveText')}
        confirmLabel={t('agentForm.leave')}
        cancelLabel={t('agentForm.stay')}
        onConfirm={() => guard.proceed?.()}
        onCancel={() => guard.reset?.()}
      />
    </FormProvider>
  )
}

function Identity({ options }: { options: ConfigOptions | null }) {
  const { t } = useTranslation()
  const errorOf = useFieldErrors()
  const { register, getValues } = useFormContext<AgentValues>()
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Input
        label={t('agentForm.name')}
        autoComplete="off"
        error={errorOf('name', AGENT_LIMITS.name)}
        {...register('name')}
      />
      <Select label={t('agentForm.language')} error={errorOf('language')} {...register('language')}>
        {languages(options, getValues('language')).map(({ tag, name }) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  )
}

/** The languages on offer, and the agent's own even if it is no longer among them. */
function languages(options: ConfigOptions | null, current: string) {
  const offered = options?.languages ?? []
  return offered.some(({ tag }) => tag === current) ? offered : [...offered, { tag: current, name: current }]
}
