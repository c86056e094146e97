import { useTranslation } from 'react-i18next'
import { Select } from '@/components/common/Select'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { draftPutAway, selectAgents } from '@/store/slices/configSlice'
import { agentChosen } from '@/store/slices/simulatorSlice'
import { isDraft } from './hooks/useCallee'
import type { Callee } from './line/callee'

const DRAFT = 'draft'

/** Who answers: one of the agents, or the draft that a form wants tried out. Settled while a call goes on. */
export function WhomToCall({ callee, inCall }: { callee: Callee; inCall: boolean }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const agents = useAppSelector(selectAgents)
  const { name } = callee.agent

  const choose = (value: string) => {
    if (value === DRAFT) return
    dispatch(draftPutAway())
    dispatch(agentChosen(value))
  }
  return (
    <Select
      label={t('talk.chooseAgent')}
      value={'agent_id' in callee.target && !isDraft(callee) ? callee.target.agent_id : DRAFT}
      disabled={inCall}
      hint={isDraft(callee) ? t('talk.draftText') : undefined}
      onChange={({ target }) => choose(target.value)}
    >
      {isDraft(callee) && <option value={DRAFT}>{t('talk.draftOf', { name })}</option>}
      {agents.map((agent) => (
        <option key={agent.id} value={agent.id}>
          {agent.name}
        </option>
      ))}
    </Select>
  )
}
