import { DockedBoard } from '@/components/features/Simulator/dock/DockedBoard'
import { DockPanel } from '@/components/features/Simulator/dock/DockPanel'
import { useDock } from '@/components/features/Simulator/dock/useDock'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'

/** Talk to an agent, beside any other page. */
export function DockedTalk() {
  const { fold } = useDock()
  useAgents()
  return (
    <DockPanel onFold={fold}>
      <div className="px-4 pt-3 empty:hidden">
        <AgentsLoading />
      </div>
      <DockedBoard />
    </DockPanel>
  )
}
