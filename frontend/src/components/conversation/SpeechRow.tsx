import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { useFormat } from '@/hooks/useFormat'
import type { Role } from '@/types'

interface SpeechRowProps {
  role: Role
  speaker: string
  /** Nanoseconds since the call began. */
  at: number
  /** Beside the speaker's name. */
  badge?: ReactNode
  onSeek?: ((at: number) => void) | undefined
  children: ReactNode
}

/** One party's say: its time, its cord, who spoke, and the words. */
export function SpeechRow({ role, speaker, at, badge, onSeek, children }: SpeechRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const time = format.instant(at)
  return (
    <li className="grid grid-cols-[2.75rem_1fr] gap-x-3 sm:grid-cols-[3.25rem_1fr]">
      <div className="figures pt-0.5 text-right text-xs text-muted">
        {onSeek ? (
          <button
            type="button"
            className="rounded-sm px-1 underline-offset-4 hover:text-ink hover:underline"
            aria-label={t('transcript.playFrom', { time })}
            onClick={() => onSeek(at)}
          >
            {time}
          </button>
        ) : (
          time
        )}
      </div>
      <div
        className={classes('min-w-0 border-l-3 pl-4', role === 'caller' ? 'border-caller' : 'border-agent')}
      >
        <p className="mb-0.5 flex flex-wrap items-center gap-2 text-xs font-semibold">
          <span className={role === 'caller' ? 'text-caller' : 'text-agent'}>{speaker}</span>
          {badge}
        </p>
        {children}
      </div>
    </li>
  )
}
