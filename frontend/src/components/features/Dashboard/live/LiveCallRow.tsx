import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Badge, type BadgeTone } from '@/components/common/Badge'
import { classes } from '@/components/common/classes'
import { useFormat } from '@/hooks/useFormat'
import type { LiveCall, LiveState } from '@/types/dashboard'
import { sayOf } from './says'

const TONES: Record<LiveState, BadgeTone> = {
  listening: 'neutral',
  caller_speaking: 'caller',
  thinking: 'warning',
  speaking: 'agent',
}

const LAMPS: Record<LiveState, string> = {
  listening: 'border-2 border-line-strong',
  caller_speaking: 'bg-caller',
  thinking: 'bg-lamp lamp-blinking',
  speaking: 'bg-agent',
}

const CORDS = { caller: 'border-caller', agent: 'border-agent' }

/** One line of the board; all of it opens the call. */
export function LiveCallRow({ call, now }: { call: LiveCall; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { agent, state, last_voice_to_voice_ms: latency } = call
  const say = sayOf(call)
  return (
    <li className="relative border-t border-line px-4 py-3.5 first:border-0 hover:bg-sunken sm:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className={classes('size-2.5 shrink-0 rounded-full', LAMPS[state])} aria-hidden />
        <Link
          to={`/calls/${encodeURIComponent(call.id)}`}
          className="min-w-0 truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-primary"
        >
          <bdi>{agent.name}</bdi>
        </Link>
        <Badge tone={TONES[state]}>{t(`dashboard.live.floor.${state}`)}</Badge>
        {call.draft === true && <Badge tone="good">{t('calls.draft')}</Badge>}
        <span className="hidden text-xs text-muted sm:inline">
          {t(`calls.directions.${call.direction}`)} · {t('dashboard.live.turns', { count: call.turns })}
          {latency !== null && ` · ${t('dashboard.live.answeredIn', { time: format.latency(latency) })}`}
        </span>
        <span className="figures ml-auto text-sm">
          <span className="sr-only">{t('dashboard.live.duration')} </span>
          {format.duration(now - call.started_at)}
        </span>
      </div>
      {/* Room for two lines whatever is said, so that the rows below stay where they are. */}
      <div className="mt-2 flex h-11 text-sm sm:ml-5.5">
        {say !== null && (
          <p className={classes('line-clamp-2 border-l-2 pl-3 break-words', CORDS[say.role])}>
            <span className="text-muted">{t(`dashboard.live.says.${say.role}`)} </span>
            <bdi>{say.text}</bdi>
          </p>
        )}
      </div>
    </li>
  )
}
