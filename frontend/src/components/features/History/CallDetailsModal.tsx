import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import { ProblemNotice } from '@/components/common/ProblemNotice'
import { Spinner } from '@/components/common/Spinner'
import { useOpener } from '@/components/common/useOpener'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchCall, selectCallRecord } from '@/store/slices/callsSlice'
import { problemOf } from '@/store/thunks'
import type { Problem } from '@/types'
import { CallDetails } from './detail/CallDetails'

interface CallDetailsModalProps {
  callId: string
  /** The search that led here; its words are marked in what was said. */
  search: string
  onClose: () => void
}

/** One call, over the list; closing goes back to it. */
export function CallDetailsModal({ callId, search, onClose }: CallDetailsModalProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const record = useAppSelector(selectCallRecord(callId))
  const [problem, setProblem] = useState<Problem | null>(null)
  const [attempt, setAttempt] = useState(0)
  const opener = useOpener()

  useEffect(() => {
    let isCurrent = true
    void dispatch(fetchCall(callId)).then((result) => {
      if (isCurrent) setProblem(fetchCall.rejected.match(result) ? problemOf(result) : null)
    })
    return () => {
      isCurrent = false
    }
  }, [callId, dispatch, attempt])

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        {/* Not Radix' Overlay: it writes a style element, which the content security policy forbids. */}
        <div className="fixed inset-0 z-40 bg-veil" aria-hidden />
        <Dialog.Content
          {...opener}
          aria-describedby={undefined}
          className="arriving fixed inset-0 z-50 flex flex-col bg-panel shadow-floating outline-none sm:inset-y-6 sm:mx-auto sm:h-fit sm:max-h-[calc(100dvh-3rem)] sm:w-[min(72rem,calc(100%-3rem))] sm:rounded-lg sm:border sm:border-line"
        >
          <header className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-4 sm:pl-6">
            <Dialog.Title className="min-w-0 text-lg leading-snug font-semibold wrap-anywhere">
              {record ? t('call.title', { agent: record.detail.agent.name }) : t('call.untitled')}
            </Dialog.Title>
            <Dialog.Close asChild>
              <Button tone="quiet" size="icon" aria-label={t('common.close')}>
                <X className="size-5" aria-hidden />
              </Button>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-4 sm:p-6" tabIndex={-1}>
            {record && <CallDetails record={record} search={search} onDeleted={onClose} />}
            {!record && problem && (
              <Failed problem={problem} onRetry={() => setAttempt((count) => count + 1)} />
            )}
            {!record && !problem && <Spinner label={t('app.loading')} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Failed({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const { t } = useTranslation()
  if (problem.status === 404) return <Notice tone="error">{t('call.unknown')}</Notice>
  return <ProblemNotice problem={problem} onRetry={onRetry} />
}
