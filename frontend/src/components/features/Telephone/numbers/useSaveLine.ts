import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { createLine, updateLine } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import type { Problem } from '@/types'
import type { PhoneLine } from '@/types/telephony'
import { showServerErrors } from '@/utils/serverErrors'
import { lineDraft, type LineValues } from './lineSchema'

const FIELDS = ['number', 'carrier', 'agent_id', 'label', 'language']

/** Save what the form holds; what the server refuses stands at the field that it means. */
export function useSaveLine(form: UseFormReturn<LineValues>, stored: PhoneLine | undefined) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()

  const refused = (problem: Problem) => {
    if (problem.code === 'number-taken') {
      form.setError('number', { type: 'server', message: t('problems.number-taken') }, { shouldFocus: true })
      return
    }
    const words = (_field: string, reason: string) => {
      if (problem.code === 'agent-archived') return t('problems.agent-archived')
      if (problem.code === 'unknown-agent') return t('problems.unknown-agent')
      return t('phone.errors.refused', { reason })
    }
    if (!showServerErrors(form, problem, FIELDS, words)) toast.problem(problem)
  }

  /** Return whether it was saved. */
  return async (values: LineValues): Promise<boolean> => {
    const draft = lineDraft(values)
    const result =
      stored === undefined
        ? await dispatch(createLine(draft))
        : await dispatch(updateLine({ id: stored.id, draft }))
    if (!createLine.fulfilled.match(result) && !updateLine.fulfilled.match(result)) {
      refused(problemOf(result))
      return false
    }
    toast.success(t('phone.lines.saved', { number: result.payload.number }))
    return true
  }
}
