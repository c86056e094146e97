import { useMemo } from 'react'
import { useProblemText } from '@/hooks/useProblemText'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { toastRaised } from '@/store/slices/uiSlice'
import type { Problem } from '@/types'

/** Tell the person something in passing. The texts are ready to be read; problems bring their request id. */
export function useToast() {
  const dispatch = useAppDispatch()
  const problemText = useProblemText()
  return useMemo(
    () => ({
      success: (text: string) => dispatch(toastRaised({ tone: 'success', text, requestId: null })),
      info: (text: string) => dispatch(toastRaised({ tone: 'info', text, requestId: null })),
      problem: (problem: Problem) =>
        dispatch(toastRaised({ tone: 'error', text: problemText(problem), requestId: problem.request_id })),
    }),
    [dispatch, problemText],
  )
}
