import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectToasts, toastDismissed, type Toast } from '@/store/slices/uiSlice'

/** Good news goes by itself; errors stay until they are dismissed. */
const SHOWN_MS = 5_000

const ICONS = {
  success: <CircleCheck className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden />,
  info: <Info className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />,
  error: <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />,
}

export function Toasts() {
  const toasts = useAppSelector(selectToasts)
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-20 z-60 flex flex-col items-end gap-2 md:right-6 md:bottom-6"
    >
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastLine({ toast }: { toast: Toast }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const { id, tone } = toast

  useEffect(() => {
    if (tone === 'error') return
    const timer = window.setTimeout(() => dispatch(toastDismissed(id)), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [dispatch, id, tone])

  return (
    <div className="arriving pointer-events-auto flex w-full max-w-sm gap-3 rounded border border-line bg-panel py-2 pr-1 pl-4 text-sm shadow-floating">
      <span className="pt-2">{ICONS[tone]}</span>
      <div className="min-w-0 flex-1 self-center">
        <p>{toast.text}</p>
        {toast.requestId !== null && (
          <p className="figures text-xs break-all text-muted">
            {t('common.request', { id: toast.requestId })}
          </p>
        )}
      </div>
      <Button
        tone="quiet"
        size="icon"
        aria-label={t('common.dismiss')}
        onClick={() => dispatch(toastDismissed(id))}
      >
        <X className="size-4" aria-hidden />
      </Button>
    </div>
  )
}
