import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { latenciesOf } from '@/conversation/view'
import type { Agent, AgentDraft, ConfigOptions } from '@/types'
import type { CallTarget } from '@/types/agents'
import { AudioVisualizer } from './AudioVisualizer'
import { CallControls } from './CallControls'
import { CallOutcome } from './CallOutcome'
import { CallTimer } from './CallTimer'
import { isInCall, visibleState } from './hooks/simulatorState'
import type { Simulator } from './hooks/useSimulator'
import { useMicrophones } from './hooks/useMicrophones'
import { LatencyPanel } from './LatencyPanel'
import { LineState } from './LineState'
import { LiveRecord } from './LiveRecord'
import { MicrophoneSetup } from './MicrophoneSetup'
import { ReadinessNotices } from './ReadinessNotices'

interface CallBoardProps {
  simulator: Simulator
  /** Who answers, and how the server is to be asked for them. */
  agent: Agent | AgentDraft
  target: CallTarget
  options: ConfigOptions | null
  /** Stands above the line: whom one calls, where that can be chosen. */
  children?: ReactNode
}

/** One line to an agent: talk, see what is heard, said and waited for, and how it ended. */
export function CallBoard({ simulator, agent, target, options, children }: CallBoardProps) {
  const { t } = useTranslation()
  const { state, start, hangUp, setMuted, peaks } = simulator
  const inCall = isInCall(state)
  const microphones = useMicrophones(inCall)

  return (
    <div className="@container">
      <div className="grid gap-5 @3xl:grid-cols-[minmax(0,1fr)_21rem]">
        <Card className="@3xl:col-span-2">
          <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
            {children && <div className="w-full max-w-xs">{children}</div>}
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
              onStart={() => start({ name: agent.name, target, microphone: microphones.chosen })}
              onHangUp={hangUp}
              onMute={setMuted}
            />
            {inCall && state.muted && (
              <p role="status" className="text-sm font-medium text-danger">
                {t('talk.muted')}
              </p>
            )}
            {state.phase === 'idle' && (
              <p className="max-w-md text-center text-sm text-balance text-muted">{t('talk.invitation')}</p>
            )}
          </div>
          <div className="mt-5 space-y-3 empty:hidden">
            <CallOutcome state={state} />
            {!inCall && <MicrophoneSetup {...microphones} />}
            {options && !inCall && <ReadinessNotices options={options} agent={agent} />}
          </div>
        </Card>
        {(inCall || state.callId !== null) && (
          <>
            <LiveRecord state={state} />
            <div>
              <LatencyPanel latencies={latenciesOf(state.view)} />
            </div>
          </>
        )}
      </div>
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
