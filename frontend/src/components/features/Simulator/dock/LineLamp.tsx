import { useWide } from '@/hooks/useWide'
import { isInCall } from '../line/simulatorState'
import { useCallState } from '../line/useCallLine'
import { DockButton, type DockPlace } from './DockButton'
import { useDock } from './useDock'

/**
 * The line's lamp, if this is its place: on the switchboard of wide windows; on phones in the header, and in a call
 * across the top, where it stays in sight.
 */
export function LineLamp({ place }: { place: DockPlace }) {
  const isWide = useWide()
  const inCall = isInCall(useCallState())
  const { isOffered, isOpen } = useDock()
  if (!isOffered) return null
  if (isWide) return place === 'board' && <DockButton place={place} />
  // The open sheet tells all that the strip would.
  return !(isOpen && inCall) && place === (inCall ? 'strip' : 'header') && <DockButton place={place} />
}
