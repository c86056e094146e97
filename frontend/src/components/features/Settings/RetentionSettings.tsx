import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { fetchRetention, selectRetention } from '@/store/slices/settingsSlice'
import { RetentionForm } from './RetentionForm'

/** How long what was said is kept. */
export function RetentionSettings() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const retention = useAppSelector(selectRetention)
  const load = useCallback(() => void dispatch(fetchRetention()), [dispatch])
  return (
    <Card title={t('settings.retention.title')}>
      <p className="mb-5 max-w-prose text-sm text-muted">{t('settings.retention.text')}</p>
      <LoadedSection part={retention} load={load}>
        <RetentionForm current={retention.value} />
      </LoadedSection>
    </Card>
  )
}
