import { CallBoard } from './CallBoard'
import { useBoard } from './hooks/useBoard'
import { NobodyToCall } from './NobodyToCall'
import { WhomToCall } from './WhomToCall'

/** The console's line on a page of its own. */
export function SimulatorPanel() {
  const board = useBoard()
  if (!board.callee) return <NobodyToCall />
  return (
    <CallBoard board={board}>
      <WhomToCall callee={board.callee} inCall={board.inCall} />
    </CallBoard>
  )
}
