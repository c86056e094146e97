import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useState } from 'react'
import { FormProvider, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useLeaveGuard } from '@/hooks/useLeaveGuard'
import { draftTried } from '@/store/slices/configSlice'
import type { Agent, AgentDraft, ConfigOptions } from '@/types'
import { agentSchema, draftOf, valuesOf, type AgentValues } from './agentSchema'
import { AgentVersions } from './AgentVersions'
import { EnginesSection } from './EnginesSection'
import { FormSection } from './FormSection'
import { IdentitySection } from './IdentitySection'
import { LatencySection } from './LatencySection'
import { PromptEditor } from './PromptEditor'
import { SaveBar } from './SaveBar'
import { SectionNav } from './SectionNav'
import { StaleNotice } from './StaleNotice'
import { TelephoneSection } from './TelephoneSection'
import { TurnTakingSection } from './TurnTakingSection'
import { useSaveAgent } from './useSaveAgent'
import { VoiceSelector } from './VoiceSelector'

interface AgentConfigFormProps {
  /** The agent to be changed; without it, a new one is made. */
  agent?: Agent | undefined
  /** What the form shows at first. */
  initial: AgentDraft
  options: ConfigOptions | null
  onCreated?: (agent: Agent) => void
}

/** Everything an owner says about an agent. Nothing entered is lost without asking. */
export function AgentConfigForm({ agent, initial, options, onCreated }: AgentConfigFormProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const form = useForm<AgentValues>({
    resolver: zodResolver(agentSchema),
    defaultValues: valuesOf(initial),
  })
  const { isDirty } = form.formState
  const { base, save, theirs, overwrite, takeTheirs } = useSaveAgent(form, agent)
  const [created, setCreated] = useState<Agent | null>(null)
  const guard = useLeaveGuard(isDirty, { unload: true })

  useEffect(() => {
    // Only once the form is clean, or its own guard would hold the navigation back.
    if (created && !isDirty) onCreated?.(created)
  }, [created, isDirty, onCreated])

  const submit = form.handleSubmit(async (values) => {
    const saved = await save(values)
    if (saved && !agent) setCreated(saved)
  })
  const tryOut = form.handleSubmit((values) => {
    dispatch(draftTried({ draft: draftOf(values), agentId: agent?.id ?? null }))
  })

  return (
    <FormProvider {...form}>
      <div className="@container">
        <div className="gap-8 @4xl:grid @4xl:grid-cols-[12rem_minmax(0,46rem)]">
          <SectionNav hasVersions={base !== undefined} />
          <div className="min-w-0 space-y-5">
            <form noValidate onSubmit={(event) => void submit(event)} className="space-y-5">
              <FormSection id="who">
                <IdentitySection options={options} />
              </FormSection>
              <FormSection id="says">
                <PromptEditor />
              </FormSection>
              <FormSection id="voice">
                <VoiceSelector options={options} />
              </FormSection>
              <FormSection id="engines">
                <EnginesSection options={options} />
              </FormSection>
              <FormSection id="manners">
                <TurnTakingSection />
              </FormSection>
              <FormSection id="haste">
                <LatencySection />
              </FormSection>
              <FormSection id="telephone">
                <TelephoneSection />
              </FormSection>
              {theirs && base && (
                <StaleNotice
                  base={base}
                  theirs={theirs}
                  onOverwrite={() => void overwrite()}
                  onTakeTheirs={takeTheirs}
                />
              )}
              <SaveBar isNew={!base} onTry={() => void tryOut()} />
            </form>
            {base && <AgentVersions agent={base} onRestore={(old) => void save(valuesOf(old))} />}
          </div>
        </div>
      </div>
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
