import { useTranslation } from 'react-i18next'
import { CallFailure } from './CallFailure'
import { useLevelCheck } from './hooks/useLevelCheck'

/** What the bar begins with; quieter is as good as silence. */
const FLOOR_DB = -60

interface LevelCheckProps {
  /** Null is the browser's choice. */
  microphone: string | null
  onOpened: () => void
}

/** How loud the microphone is, as a bar and in words. Nothing of it leaves the page. */
export function LevelCheck({ microphone, onOpened }: LevelCheckProps) {
  const { t } = useTranslation()
  const { verdict, peak, failure } = useLevelCheck(microphone, onOpened)
  if (failure !== null) return <CallFailure failure={{ code: failure, message: '' }} />
  return (
    <div className="space-y-2">
      {/* The words are for everyone; a bar that moves all the time is only for the eye. */}
      <progress className="h-2 w-full" max={1} value={shareOf(peak)} aria-hidden />
      <p role="status" className="text-sm text-muted">
        {t(`microphone.verdicts.${verdict}`)}
      </p>
    </div>
  )
}

/** The loudness of a peak as the ear has it: 0 at the floor, 1 at full scale. */
function shareOf(peak: number): number {
  const db = 20 * Math.log10(Math.max(peak, Number.MIN_VALUE))
  return Math.max(0, 1 - db / FLOOR_DB)
}
