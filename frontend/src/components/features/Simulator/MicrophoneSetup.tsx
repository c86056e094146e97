import { Mic } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Select } from '@/components/common/Select'
import type { Microphones } from './hooks/useMicrophones'
import { LevelCheck } from './LevelCheck'

/** Before a call: which microphone, and whether it hears anything. */
export function MicrophoneSetup({ known, chosen, isChosenGone, choose, refresh }: Microphones) {
  const { t } = useTranslation()
  const [isChecking, setIsChecking] = useState(false)
  return (
    <div className="mx-auto w-full max-w-md space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-48 flex-1">
          <Select
            label={t('microphone.label')}
            value={chosen ?? ''}
            hint={isChosenGone ? t('microphone.gone') : undefined}
            onChange={({ target }) => choose(target.value === '' ? null : target.value)}
          >
            <option value="">{t('microphone.browsersChoice')}</option>
            {chosen !== null && known.length === 0 && (
              <option value={chosen}>{t('microphone.remembered')}</option>
            )}
            {known.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </div>
        <Button aria-pressed={isChecking} onClick={() => setIsChecking(!isChecking)}>
          <Mic className="size-4" aria-hidden />
          {t('microphone.check')}
        </Button>
      </div>
      {isChecking && <LevelCheck key={chosen} microphone={chosen} onOpened={refresh} />}
    </div>
  )
}
