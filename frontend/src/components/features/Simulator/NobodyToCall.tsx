import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { EmptyState } from '@/components/common/EmptyState'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectAgentsStatus } from '@/store/slices/configSlice'

/** Said once it is known that there is no agent; before that, nothing. */
export function NobodyToCall() {
  const { t } = useTranslation()
  const status = useAppSelector(selectAgentsStatus)
  if (status !== 'loaded') return null
  return (
    <EmptyState
      text={t('talk.noAgents')}
      action={
        <Link to="/agents/new" className={buttonClasses('primary')}>
          {t('talk.createAgent')}
        </Link>
      }
    />
  )
}
