import { Mic, MicOff, Phone, PhoneOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import type { Phase } from './hooks/simulatorState'

interface CallControlsProps {
  phase: Phase
  muted: boolean
  /** Whether there was a call already. */
  again: boolean
  onStart: () => void
  onHangUp: () => void
  onMute: (muted: boolean) => void
}

/** Talk; then mute and hang up. What takes the place of a pressed button takes its focus, too. */
export function CallControls({ phase, muted, again, onStart, onHangUp, onMute }: CallControlsProps) {
  const { t } = useTranslation()
  if (phase === 'idle' || phase === 'over') {
    return (
      <Button tone="primary" size="large" className="min-w-44" autoFocus={phase === 'over'} onClick={onStart}>
        <Phone className="size-5" aria-hidden />
        {again ? t('talk.startAgain') : t('talk.start')}
      </Button>
    )
  }
  return (
    <div className="flex items-center gap-3">
      <Button
        size="round"
        aria-pressed={muted}
        aria-label={t('talk.mute')}
        title={muted ? t('talk.unmute') : t('talk.mute')}
        disabled={phase !== 'live'}
        onClick={() => onMute(!muted)}
      >
        {muted ? (
          <MicOff className="size-5 text-danger" aria-hidden />
        ) : (
          <Mic className="size-5" aria-hidden />
        )}
      </Button>
      <Button tone="danger" size="large" className="min-w-44" autoFocus onClick={onHangUp}>
        <PhoneOff className="size-5" aria-hidden />
        {t('talk.hangUp')}
      </Button>
    </div>
  )
}
