import { useCallback } from 'react'
import { useLocation } from 'react-router'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { draftPutAway } from '@/store/slices/configSlice'
import { dockFolded, dockOpened, selectIsDocked } from '@/store/slices/simulatorSlice'
import { isInCall } from '../line/simulatorState'
import { useCallLine } from '../line/useCallLine'

/** What the button says that it opens, and where the focus goes once that is folded. */
export const DOCK_ID = 'simulator-dock'
export const DOCK_BUTTON_ID = 'simulator-dock-button'

/** The simulator beside the page; there is none where a page of its own shows the same line at large. */
export function useDock() {
  const dispatch = useAppDispatch()
  const line = useCallLine()
  const isWanted = useAppSelector(selectIsDocked)
  const isOffered = useLocation().pathname !== '/talk'
  const isOpen = isWanted && isOffered

  const fold = useCallback(() => {
    dispatch(dockFolded())
    // Who folds it up has done with the draft, unless it is on the line just then.
    if (!isInCall(line.state())) dispatch(draftPutAway())
  }, [dispatch, line])
  const open = useCallback(() => void dispatch(dockOpened()), [dispatch])

  return { isOffered, isOpen, fold, toggle: isOpen ? fold : open }
}
