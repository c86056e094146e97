import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { duration } from '@/hooks/useFormat'

interface CallTimerProps {
  /** On performance.now()'s line. */
  since: number
  running: boolean
  /** What it stands on. */
  tone?: 'panel' | 'board'
}

/** How long the call has lasted. Not announced: it changes each second. */
export function CallTimer({ since, running, tone = 'panel' }: CallTimerProps) {
  const { t } = useTranslation()
  const [now, setNow] = useState(() => performance.now())

  useEffect(() => {
    if (!running) return
    const timer = window.setInterval(() => setNow(performance.now()), 250)
    return () => window.clearInterval(timer)
  }, [running])

  return (
    <span
      role="timer"
      aria-label={t('talk.duration')}
      className={`figures text-sm ${tone === 'board' ? 'text-board-muted' : 'text-muted'}`}
    >
      {duration(now - since)}
    </span>
  )
}
