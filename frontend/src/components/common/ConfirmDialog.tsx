import { AlertDialog } from 'radix-ui'
import { Button } from './Button'
import { useOpener } from './useOpener'

interface ConfirmDialogProps {
  open: boolean
  title: string
  text: string
  confirmLabel: string
  cancelLabel: string
  tone?: 'danger' | 'primary'
  busy?: boolean
  onConfirm: () => void
  onCancel: () => void
}

/** Ask before something that cannot be undone. Escape cancels; focus starts on the harmless answer. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const opener = useOpener()
  return (
    <AlertDialog.Root open={props.open} onOpenChange={(open) => !open && props.onCancel()}>
      <AlertDialog.Portal>
        {/* Not Radix' Overlay: it writes a style element, which the content security policy forbids. */}
        <div className="fixed inset-0 z-40 bg-veil" aria-hidden />
        <AlertDialog.Content
          {...opener}
          className="arriving fixed inset-x-4 top-1/2 z-50 mx-auto max-w-md -translate-y-1/2 rounded-lg border border-line bg-panel p-6 shadow-floating"
        >
          <AlertDialog.Title className="text-lg font-semibold">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{props.text}</AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel asChild>
              <Button>{props.cancelLabel}</Button>
            </AlertDialog.Cancel>
            <Button tone={props.tone ?? 'danger'} busy={props.busy ?? false} onClick={props.onConfirm}>
              {props.confirmLabel}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
