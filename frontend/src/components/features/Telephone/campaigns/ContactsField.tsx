import { FileSpreadsheet } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { buttonClasses } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import { Spinner } from '@/components/common/Spinner'
import { useProblemText } from '@/hooks/useProblemText'
import { ContactsPreview } from './ContactsPreview'
import type { useContacts } from './useContacts'

interface ContactsFieldProps {
  contacts: ReturnType<typeof useContacts>
  /** The names that the agent's texts leave open. */
  wanted: readonly string[]
  onPick: (file: File) => void
}

/** The file of the people to call, and what would become of it. */
export function ContactsField({ contacts, wanted, onPick }: ContactsFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const problemText = useProblemText()
  const { file, fault, preview, problem, isLooking } = contacts
  return (
    <div className="space-y-4">
      <div>
        <p className="mb-1.5 text-sm font-medium">{t('campaigns.file')}</p>
        <div className="flex flex-wrap items-center gap-3">
          <input
            id={id}
            type="file"
            accept=".csv,text/csv"
            aria-describedby={`${id}-hint`}
            className="peer sr-only"
            onChange={({ target }) => {
              const [picked] = target.files ?? []
              if (picked) onPick(picked)
              target.value = '' // The same file, mended, is to be picked again.
            }}
          />
          <label
            htmlFor={id}
            className={classes(
              buttonClasses(),
              'cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-primary',
            )}
          >
            <FileSpreadsheet className="size-4" aria-hidden />
            {t(file === null ? 'campaigns.pick' : 'campaigns.pickAnother')}
          </label>
          {file !== null && <bdi className="min-w-0 text-sm wrap-anywhere">{file.name}</bdi>}
          {isLooking && <Spinner label={t('campaigns.looking')} />}
        </div>
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {t('campaigns.fileHint')}
        </p>
      </div>
      {fault !== null && <Notice tone="error">{t(`campaigns.faults.${fault}`)}</Notice>}
      {problem && <Notice tone="error">{problemText(problem)}</Notice>}
      {preview && <ContactsPreview preview={preview} wanted={wanted} />}
    </div>
  )
}
