import { Check, Copy } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'

interface CopyFieldProps {
  label: string
  value: string
  hint?: ReactNode
  /** What the button copies, for who does not see where it stands. */
  copyLabel?: string
}

/** A text that is wanted elsewhere, to be taken along with one press. */
export function CopyField({ label, value, hint, copyLabel }: CopyFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const [isCopied, setCopied] = useState(false)

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch {
      // Forbidden, or no https: the text can still be marked and copied by hand.
      document.getElementById(id)?.focus()
    }
  }

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          readOnly
          value={value}
          onFocus={(event) => event.target.select()}
          className="figures h-10 min-w-0 flex-1 basis-72 rounded border border-line-strong bg-sunken px-3 text-sm"
        />
        <Button onClick={() => void copy()} {...(copyLabel !== undefined && { 'aria-label': copyLabel })}>
          {isCopied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
          <span aria-live="polite">{t(isCopied ? 'common.copied' : 'common.copy')}</span>
        </Button>
      </div>
      {hint !== undefined && <p className="mt-1.5 text-sm text-muted">{hint}</p>}
    </div>
  )
}
