import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import type { AgentState } from '@/conversation/view'

const LAMPS: Record<AgentState, string> = {
  connecting: 'bg-lamp lamp-blinking',
  listening: 'bg-caller',
  thinking: 'bg-lamp lamp-blinking',
  speaking: 'bg-agent',
  held: 'border-2 border-lamp',
  ended: 'bg-line-strong',
}

/** The lamp of the line: what the agent is doing, in words as well as light. */
export function LineState({ state, stalled }: { state: AgentState | null; stalled: boolean }) {
  const { t } = useTranslation()
  return (
    <p role="status" className="flex min-h-6 items-center gap-2.5 text-sm font-medium">
      {state !== null && (
        <>
          <span className={classes('size-2.5 rounded-full', LAMPS[state])} aria-hidden />
          {stalled && state !== 'ended' ? t('state.stalled') : t(`state.${state}`)}
        </>
      )}
    </p>
  )
}
