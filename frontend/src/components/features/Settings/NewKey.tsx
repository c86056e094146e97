import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { CopyField } from '@/components/common/CopyField'
import { Notice } from '@/components/common/Notice'
import type { NewApiKey } from '@/types/settings'

/** A key that has just been made, for the only time that it can be seen. */
export function NewKey({ created, onDone }: { created: NewApiKey; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="space-y-5">
      <Notice tone="warning">
        <p>{t('settings.keys.shownOnce')}</p>
      </Notice>
      <CopyField label={t('settings.keys.key', { name: created.name })} value={created.key} />
      <div className="flex justify-end">
        <Button tone="primary" onClick={onDone}>
          {t('settings.keys.stored')}
        </Button>
      </div>
    </div>
  )
}
