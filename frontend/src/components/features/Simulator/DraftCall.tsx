import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { draftPutAway } from '@/store/slices/configSlice'
import { isInCall } from './line/simulatorState'
import { useCallLine } from './line/useCallLine'

/** A draft that was tried out is put away with the page of its form, unless it is on the line just then. */
export function DraftCall() {
  const dispatch = useAppDispatch()
  const line = useCallLine()
  useEffect(
    () => () => {
      if (!isInCall(line.state())) dispatch(draftPutAway())
    },
    [dispatch, line],
  )
  return null
}
