import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '@/components/common/Button'
import { Notice } from '@/components/common/Notice'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectOnline } from '@/store/slices/uiSlice'
import type { EndCause } from '@/types'
import { CallFailure } from './CallFailure'
import type { SimulatorState } from './line/simulatorState'
import { RecordingDownload } from './RecordingDownload'

/** How the call limps, went wrong, or ended, and where to read it again. */
export function CallOutcome({ state, onType }: { state: SimulatorState; onType: () => void }) {
  const { t } = useTranslation()
  const isOnline = useAppSelector(selectOnline)
  const endedId = state.phase === 'over' ? state.callId : null
  return (
    <>
      {state.phase === 'live' && state.trouble && <Notice tone="warning">{state.trouble.message}</Notice>}
      {state.phase === 'live' && !isOnline && (
        <Notice tone="warning" title={t('talk.offlineTitle')}>
          {t('talk.offlineText')}
        </Notice>
      )}
      {state.failure && <CallFailure failure={state.failure} onType={onType} />}
      {endedId !== null && (
        <Notice
          tone="info"
          action={
            <>
              <RecordingDownload callId={endedId} agentName={state.agentName} />
              <Link to={`/calls/${endedId}`} className={buttonClasses('plain')}>
                {t('talk.seeInHistory')}
              </Link>
            </>
          }
        >
          <Ending cause={state.endCause} />
        </Notice>
      )}
    </>
  )
}

/** Why the call is over, as its caller would say it. */
function Ending({ cause }: { cause: EndCause | null }) {
  const { t, i18n } = useTranslation()
  if (cause === 'caller-hung-up') return t('talk.youHungUp')
  if (cause !== null && i18n.exists(`call.causes.${cause}`)) return t(`call.causes.${cause}`)
  return t('state.ended')
}
