import { Check, Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import type { NewApiKey } from '@/types/settings'

/** A key that has just been made, for the only time that it can be seen. */
export function NewKey({ created, onDone }: { created: NewApiKey; onDone: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [isCopied, setCopied] = useState(false)

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(created.key)
      setCopied(true)
    } catch {
      // Forbidden, or no https: the text can still be marked and copied by hand.
      document.getElementById(id)?.focus()
    }
  }

  return (
    <div className="space-y-5">
      <Notice tone="warning">
        <p>{t('settings.keys.shownOnce')}</p>
      </Notice>
      <div>
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          {t('settings.keys.key', { name: created.name })}
        </label>
        <div className="flex gap-2">
          <input
            id={id}
            readOnly
            value={created.key}
            onFocus={(event) => event.target.select()}
            className="figures h-10 min-w-0 flex-1 rounded border border-line-strong bg-sunken px-3 text-sm"
          />
          <Button onClick={() => void copy()}>
            {isCopied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
            <span aria-live="polite">{t(isCopied ? 'settings.keys.copied' : 'settings.keys.copy')}</span>
          </Button>
        </div>
      </div>
      <div className="flex justify-end">
        <Button tone="primary" onClick={onDone}>
          {t('settings.keys.stored')}
        </Button>
      </div>
    </div>
  )
}
