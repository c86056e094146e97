import { useAppSelector } from '@/hooks/useAppSelector'
import { selectOptions } from '@/store/slices/configSlice'
import { isInCall } from '../line/simulatorState'
import { useCallee } from './useCallee'
import { useMicrophones } from './useMicrophones'
import { usePreparation } from './usePreparation'
import { useSimulator } from './useSimulator'

export type Board = ReturnType<typeof useBoard>

/** All that a board shows of the line, and the buttons on it, however the board is laid out. */
export function useBoard() {
  const simulator = useSimulator()
  const { state, start } = simulator
  const inCall = isInCall(state)
  const microphones = useMicrophones(inCall)
  const callee = useCallee(state)
  const options = useAppSelector(selectOptions)
  usePreparation(options)
  return {
    ...simulator,
    inCall,
    microphones,
    callee,
    options,
    talk: () => callee && start(callee, { kind: 'microphone', id: microphones.chosen }),
    /** Call without a microphone. */
    type: () => callee && start(callee, { kind: 'silence' }),
  }
}
