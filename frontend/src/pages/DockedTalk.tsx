import { useTranslation } from 'react-i18next'
import { DockedBoard } from '@/components/features/Simulator/dock/DockedBoard'
import { DockPanel } from '@/components/features/Simulator/dock/DockPanel'
import { useDock } from '@/components/features/Simulator/dock/useDock'
import { isDraft } from '@/components/features/Simulator/hooks/useCallee'
import { isInCall } from '@/components/features/Simulator/line/simulatorState'
import { useCallState } from '@/components/features/Simulator/line/useCallLine'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'

/** Talk to an agent, beside any other page. */
export function DockedTalk() {
  const { fold } = useDock()
  const title = useTitle()
  useAgents()
  return (
    <DockPanel title={title} onFold={fold}>
      <div className="px-4 pt-3 empty:hidden">
        <AgentsLoading />
      </div>
      <DockedBoard />
    </DockPanel>
  )
}

/** Who is on the line, if somebody is. */
function useTitle(): string {
  const { t } = useTranslation()
  const state = useCallState()
  if (!isInCall(state) || !state.callee) return t('talk.dock')
  return isDraft(state.callee) ? t('talk.draftOf', { name: state.agentName }) : state.agentName
}
