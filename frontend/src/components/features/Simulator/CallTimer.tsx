import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { duration } from '@/hooks/useFormat'

/** How long the call has lasted; `since` is on performance.now()'s line. Not announced: it changes each second. */
export function CallTimer({ since, running }: { since: number; running: boolean }) {
  const { t } = useTranslation()
  const [now, setNow] = useState(since)

  useEffect(() => {
    if (!running) return
    const timer = window.setInterval(() => setNow(performance.now()), 250)
    return () => window.clearInterval(timer)
  }, [running])

  return (
    <span role="timer" aria-label={t('talk.duration')} className="figures text-sm text-muted">
      {duration(now - since)}
    </span>
  )
}
