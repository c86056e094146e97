import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'
import { useOpener } from './useOpener'

interface DialogProps {
  open: boolean
  title: string
  /** One or two sentences below the title, read out with it. */
  text?: string
  onClose: () => void
  children: ReactNode
}

/** Something to be filled in or read before the page goes on. Escape and a press beside it close it. */
export function Dialog({ open, title, text, onClose, children }: DialogProps) {
  const { t } = useTranslation()
  const opener = useOpener()
  return (
    <Primitive.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Primitive.Portal>
        {/* Not Radix' Overlay: it writes a style element, which the content security policy forbids. */}
        <div className="fixed inset-0 z-40 bg-veil" aria-hidden />
        <Primitive.Content
          className="arriving fixed inset-x-3 top-1/2 z-50 mx-auto max-h-[calc(100dvh-1.5rem)] max-w-lg -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-panel p-5 shadow-floating sm:p-6"
          {...opener}
          {...(text === undefined && { 'aria-describedby': undefined })}
        >
          <div className="mb-5 flex items-start gap-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
              {text !== undefined && (
                <Primitive.Description className="mt-1 text-sm text-muted">{text}</Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <Button tone="quiet" size="icon" aria-label={t('common.close')} className="-mt-1.5 -mr-2">
                <X className="size-4" aria-hidden />
              </Button>
            </Primitive.Close>
          </div>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
