import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Select } from '@/components/common/Select'
import { useLeaveGuard } from '@/hooks/useLeaveGuard'
import type { Agent, ConfigOptions } from '@/types'
import { CallBoard } from './CallBoard'
import { isInCall } from './hooks/simulatorState'
import { useSimulator } from './hooks/useSimulator'
import type { openCallAudio } from './utils/audioContext'

interface SimulatorPanelProps {
  agents: readonly [Agent, ...Agent[]]
  /** The agent to begin with, if it exists. */
  initialAgentId: string | null
  options: ConfigOptions | null
  openAudio?: typeof openCallAudio
}

/** A call from this page to one of the agents. */
export function SimulatorPanel({ agents, initialAgentId, options, openAudio }: SimulatorPanelProps) {
  const { t } = useTranslation()
  const simulator = useSimulator(openAudio)
  const [agentId, setAgentId] = useState(initialAgentId)
  const agent = agents.find(({ id }) => id === agentId) ?? agents[0]
  const inCall = isInCall(simulator.state)
  const guard = useLeaveGuard(inCall, { unload: false })

  return (
    <>
      <CallBoard simulator={simulator} agent={agent} target={{ agent_id: agent.id }} options={options}>
        <Select
          label={t('talk.chooseAgent')}
          value={agent.id}
          disabled={inCall}
          onChange={(event) => setAgentId(event.target.value)}
        >
          {agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </CallBoard>
      <ConfirmDialog
        open={guard.state === 'blocked'}
        title={t('talk.leaveTitle')}
        text={t('talk.leaveText')}
        confirmLabel={t('talk.leave')}
        cancelLabel={t('talk.stay')}
        onConfirm={() => guard.proceed?.()}
        onCancel={() => guard.reset?.()}
      />
    </>
  )
}
