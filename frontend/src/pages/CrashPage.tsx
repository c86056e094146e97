import { useTranslation } from 'react-i18next'
import { Link, isRouteErrorResponse, useRouteError } from 'react-router'
import { Button, buttonClasses } from '@/components/common/Button'
import { EmptyState } from '@/components/common/EmptyState'

/** Where a route does not exist, or a page has thrown. */
export function CrashPage() {
  const { t } = useTranslation()
  const error = useRouteError()
  const isMissing = isRouteErrorResponse(error) && error.status === 404
  return (
    <main className="grid min-h-dvh place-items-center">
      {isMissing ? (
        <EmptyState
          text={t('app.notFound')}
          action={
            <Link to="/" className={buttonClasses('primary')}>
              {t('app.toDashboard')}
            </Link>
          }
        />
      ) : (
        <EmptyState
          text={t('app.crashed')}
          action={
            <Button tone="primary" onClick={() => window.location.reload()}>
              {t('app.reload')}
            </Button>
          }
        />
      )}
    </main>
  )
}
