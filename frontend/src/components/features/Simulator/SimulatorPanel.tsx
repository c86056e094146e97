import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Select } from '@/components/common/Select'
import { latenciesOf } from '@/conversation/view'
import { useLeaveGuard } from '@/hooks/useLeaveGuard'
import type { Agent, ConfigOptions } from '@/types'
import { AudioVisualizer } from './AudioVisualizer'
import { CallControls } from './CallControls'
import { CallOutcome } from './CallOutcome'
import { CallTimer } from './CallTimer'
import { visibleState } from './hooks/simulatorState'
import { useSimulator } from './hooks/useSimulator'
import { LatencyPanel } from './LatencyPanel'
import { LineState } from './LineState'
import { LiveTranscript } from './LiveTranscript'
import { ReadinessNotices } from './ReadinessNotices'
import type { openCallAudio } from './utils/audioContext'

interface SimulatorPanelProps {
  agents: readonly [Agent, ...Agent[]]
  /** The agent to begin with, if it exists. */
  initialAgentId: string | null
  options: ConfigOptions | null
  openAudio?: typeof openCallAudio
}

/** A call from this page: choose an agent, talk, see what is heard, said and waited for. */
export function SimulatorPanel({ agents, initialAgentId, options, openAudio }: SimulatorPanelProps) {
  const { t } = useTranslation()
  const { state, start, hangUp, setMuted, peaks } = useSimulator(openAudio)
  const [agentId, setAgentId] = useState(initialAgentId)
  const agent = agents.find(({ id }) => id === agentId) ?? agents[0]
  const inCall = state.phase === 'starting' || state.phase === 'live'
  const guard = useLeaveGuard(inCall, { unload: false })

  return (
    <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_21rem]">
      <Card className="lg:col-span-2">
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
          <div className="w-full max-w-xs">
            <Select
              label={t('talk.chooseAgent')}
              value={agent.id}
              disabled={inCall}
              onChange={(event) => setAgentId(event.target.value)}
            >
              {agents.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </div>
          <div className="flex items-center gap-4">
            <LineState state={visibleState(state)} stalled={state.view.stalled} />
            {state.liveSince !== null && (
              <CallTimer key={state.callId} since={state.liveSince} running={state.phase === 'live'} />
            )}
          </div>
        </div>
        <div className="relative my-5 rounded bg-sunken px-3 py-2">
          <AudioVisualizer peaks={peaks} active={state.phase === 'live'} />
          <SideLabels caller={t('roles.you')} agent={agent.name} />
        </div>
        <div className="flex flex-col items-center gap-4">
          <CallControls
            phase={state.phase}
            muted={state.muted}
            again={state.callId !== null}
            onStart={() => start(agent)}
            onHangUp={hangUp}
            onMute={setMuted}
          />
          {state.phase === 'idle' && (
            <p className="max-w-md text-center text-sm text-balance text-muted">{t('talk.invitation')}</p>
          )}
        </div>
        <div className="mt-5 space-y-3 empty:hidden">
          <CallOutcome state={state} />
          {options && !inCall && <ReadinessNotices options={options} agent={agent} />}
        </div>
      </Card>
      {(inCall || state.callId !== null) && (
        <>
          <LiveTranscript view={state.view} agentName={state.agentName} />
          <div>
            <LatencyPanel latencies={latenciesOf(state.view)} />
          </div>
        </>
      )}
      <ConfirmDialog
        open={guard.state === 'blocked'}
        title={t('talk.leaveTitle')}
        text={t('talk.leaveText')}
        confirmLabel={t('talk.leave')}
        cancelLabel={t('talk.stay')}
        onConfirm={() => guard.proceed?.()}
        onCancel={() => guard.reset?.()}
      />
    </div>
  )
}

function SideLabels({ caller, agent }: { caller: string; agent: string }) {
  return (
    <div className="pointer-events-none absolute inset-x-3 inset-y-2 flex flex-col justify-between text-xs font-medium">
      <span className="text-caller">{caller}</span>
      <span className="truncate text-agent">{agent}</span>
    </div>
  )
}
