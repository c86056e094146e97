import { Keyboard, Mic, MicOff, Phone, PhoneOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import type { Board } from './hooks/useBoard'

/** Talk, or type; then mute and hang up. What takes the place of a pressed button takes its focus, too. */
export function CallControls({ board }: { board: Board }) {
  return (
    <>
      {board.inCall ? <InCall board={board} /> : <BeforeCall board={board} />}
      {board.inCall && <CallersSide board={board} />}
    </>
  )
}

function BeforeCall({ board: { state, talk, type } }: { board: Board }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-center justify-center gap-3">
      <Button
        tone="primary"
        size="large"
        className="min-w-44"
        autoFocus={state.phase === 'over'}
        onClick={talk}
      >
        <Phone className="size-5" aria-hidden />
        {state.callId === null ? t('talk.start') : t('talk.startAgain')}
      </Button>
      <Button tone="quiet" onClick={type}>
        <Keyboard className="size-4" aria-hidden />
        {t('talk.typeOnly')}
      </Button>
    </div>
  )
}

function InCall({ board: { state, hangUp, setMuted } }: { board: Board }) {
  const { t } = useTranslation()
  const { phase, muted, speaks } = state
  return (
    <div className="flex items-center gap-3">
      {speaks && (
        <Button
          size="round"
          aria-pressed={muted}
          aria-label={t('talk.mute')}
          title={muted ? t('talk.unmute') : t('talk.mute')}
          disabled={phase !== 'live'}
          onClick={() => setMuted(!muted)}
        >
          {muted ? (
            <MicOff className="size-5 text-danger" aria-hidden />
          ) : (
            <Mic className="size-5" aria-hidden />
          )}
        </Button>
      )}
      <Button tone="danger" size="large" className="min-w-44" autoFocus onClick={hangUp}>
        <PhoneOff className="size-5" aria-hidden />
        {t('talk.hangUp')}
      </Button>
    </div>
  )
}

/** Why the agent hears nothing of the person, if it is so. */
function CallersSide({ board: { state } }: { board: Board }) {
  const { t } = useTranslation()
  if (state.speaks && !state.muted) return null
  return (
    <p role="status" className={classes('text-center text-sm', state.speaks && 'font-medium text-danger')}>
      {state.speaks ? t('talk.muted') : t('talk.onlyTyping')}
    </p>
  )
}
