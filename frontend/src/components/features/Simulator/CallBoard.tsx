import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { waitsOf } from '@/conversation/view'
import { CallControls } from './CallControls'
import { CallOutcome } from './CallOutcome'
import { CallTimer } from './CallTimer'
import type { Board } from './hooks/useBoard'
import { LatencyPanel } from './LatencyPanel'
import { visibleState } from './line/simulatorState'
import { LineState } from './LineState'
import { LiveRecord } from './LiveRecord'
import { MicrophoneSetup } from './MicrophoneSetup'
import { ReadinessNotices } from './ReadinessNotices'
import { TypeField } from './TypeField'
import { VoiceStrip } from './VoiceStrip'

interface CallBoardProps {
  board: Board
  /** Stands above the line: whom one calls. */
  children: ReactNode
}

/** The line at large: talk or type, see what is heard, said and waited for, and how it ended. */
export function CallBoard({ board, children }: CallBoardProps) {
  const { t } = useTranslation()
  const { state, inCall, microphones, callee, options } = board
  return (
    <div className="@container">
      <div className="grid gap-5 @3xl:grid-cols-[minmax(0,1fr)_21rem]">
        <Card className="@3xl:col-span-2">
          <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
            <div className="w-full max-w-xs">{children}</div>
            <div className="flex items-center gap-4">
              <LineState state={visibleState(state)} stalled={state.view.stalled} />
              {state.liveSince !== null && (
                <CallTimer key={state.callId} since={state.liveSince} running={state.phase === 'live'} />
              )}
            </div>
          </div>
          <VoiceStrip board={board} className="my-5" />
          <div className="flex flex-col items-center gap-4">
            <CallControls board={board} />
            {state.phase === 'idle' && (
              <p className="max-w-md text-center text-sm text-balance text-muted">{t('talk.invitation')}</p>
            )}
            {inCall && (
              <div className="w-full max-w-xl">
                <TypeField isReady={state.phase === 'live'} onWrite={board.write} />
              </div>
            )}
          </div>
          <div className="mt-5 space-y-3 empty:hidden">
            <CallOutcome state={state} onType={board.type} />
            {!inCall && <MicrophoneSetup {...microphones} />}
            {options && callee && !inCall && <ReadinessNotices options={options} agent={callee.agent} />}
          </div>
        </Card>
        {(inCall || state.callId !== null) && (
          <>
            <LiveRecord state={state} />
            <div>
              <LatencyPanel waits={waitsOf(state.view)} />
            </div>
          </>
        )}
      </div>
    </div>
  )
}
