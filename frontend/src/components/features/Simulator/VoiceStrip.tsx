import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import { AudioVisualizer } from './AudioVisualizer'
import type { Board } from './hooks/useBoard'

/** Both voices as they sound, each with the name of whose it is. */
export function VoiceStrip({ board, className }: { board: Board; className?: string }) {
  const { t } = useTranslation()
  const { state, callee, peaks } = board
  const agentName = state.callId !== null ? state.agentName : callee?.agent.name
  return (
    <div className={classes('relative rounded bg-sunken px-3 py-2', className)}>
      <AudioVisualizer peaks={peaks} active={state.phase === 'live'} />
      <div className="pointer-events-none absolute inset-x-3 inset-y-2 flex flex-col justify-between text-xs font-medium">
        <span className="text-caller">{t('roles.you')}</span>
        <span className="truncate text-agent">{agentName}</span>
      </div>
    </div>
  )
}
