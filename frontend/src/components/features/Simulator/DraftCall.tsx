import { lazy, Suspense, useCallback, useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { draftPutAway, selectOptions, selectTriedDraft } from '@/store/slices/configSlice'
import type { openCallAudio } from './utils/audioContext'

const DraftCallDialog = lazy(async () => ({ default: (await import('./DraftCallDialog')).DraftCallDialog }))

/**
 * Where the draft that a form wants tried out is called, without leaving the form. It is put away when the
 * dialog closes, and with the page.
 */
export function DraftCall({ openAudio }: { openAudio?: typeof openCallAudio }) {
  const dispatch = useAppDispatch()
  const tried = useAppSelector(selectTriedDraft)
  const options = useAppSelector(selectOptions)
  const putAway = useCallback(() => void dispatch(draftPutAway()), [dispatch])

  useEffect(() => putAway, [putAway])

  return (
    tried && (
      <Suspense fallback={null}>
        <DraftCallDialog
          tried={tried}
          options={options}
          onClose={putAway}
          {...(openAudio !== undefined && { openAudio })}
        />
      </Suspense>
    )
  )
}
