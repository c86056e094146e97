import { latenciesOf } from '@/conversation/view'
import { voiceToVoiceMs } from '@/conversation/latency'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import { CallControls } from '../CallControls'
import { CallOutcome } from '../CallOutcome'
import { CallTimer } from '../CallTimer'
import { useBoard, type Board } from '../hooks/useBoard'
import { visibleState } from '../line/simulatorState'
import { LineState } from '../LineState'
import { LiveTranscript } from '../LiveTranscript'
import { MicrophoneSetup } from '../MicrophoneSetup'
import { NobodyToCall } from '../NobodyToCall'
import { ReadinessNotices } from '../ReadinessNotices'
import { TypeField } from '../TypeField'
import { VoiceStrip } from '../VoiceStrip'
import { WhomToCall } from '../WhomToCall'
import { DraftWaits } from './DraftWaits'

/** The console's line beside a page: the conversation takes the room there is, the buttons stay in sight. */
export function DockedBoard() {
  const board = useBoard()
  const { state, inCall, callee } = board
  if (!callee) return <NobodyToCall />
  const hasRecord = inCall || state.callId !== null
  return (
    <>
      <div className="space-y-3 px-4 pt-3">
        {!inCall && <WhomToCall callee={callee} inCall={false} />}
        <StateRow board={board} />
        <VoiceStrip board={board} className="max-md:hidden" />
      </div>
      {hasRecord ? (
        <div className="flex min-h-0 flex-1 flex-col px-4 py-3">
          <LiveTranscript view={state.view} agentName={state.agentName} fills />
        </div>
      ) : (
        <BeforeTheFirstCall board={board} />
      )}
      <div className="max-h-3/5 shrink-0 space-y-3 overflow-y-auto border-t border-line px-4 py-3">
        <CallOutcome state={state} onType={board.type} />
        <DraftWaits inCall={inCall} callee={callee} />
        {inCall && <TypeField isReady={state.phase === 'live'} onWrite={board.write} />}
        <div className="flex flex-col items-center gap-2">
          <CallControls board={board} />
        </div>
      </div>
    </>
  )
}

/** The lamp, how long the call has lasted, and how long the last answer took. */
function StateRow({ board: { state } }: { board: Board }) {
  const { t } = useTranslation()
  const format = useFormat()
  const latency = latenciesOf(state.view).at(-1)
  const doing = visibleState(state)
  if (doing === null) return null
  return (
    <div className="flex flex-wrap items-center gap-x-4">
      <LineState state={doing} stalled={state.view.stalled} />
      {state.liveSince !== null && (
        <CallTimer key={state.callId} since={state.liveSince} running={state.phase === 'live'} />
      )}
      {latency && (
        <span className="ml-auto text-sm text-muted">
          {t('talk.answerTook')} <span className="figures">{format.latency(voiceToVoiceMs(latency))}</span>
        </span>
      )}
    </div>
  )
}

function BeforeTheFirstCall({ board: { callee, microphones, options } }: { board: Board }) {
  const { t } = useTranslation()
  return (
    <div className="min-h-0 flex-1 space-y-4 overflow-y-auto px-4 py-3">
      <MicrophoneSetup {...microphones} />
      {options && callee && <ReadinessNotices options={options} agent={callee.agent} />}
      <p className="text-sm text-balance text-muted">{t('talk.invitation')}</p>
    </div>
  )
}
