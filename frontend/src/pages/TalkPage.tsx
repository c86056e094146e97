import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { PageTitle } from '@/components/common/PageTitle'
import { SimulatorPanel } from '@/components/features/Simulator/SimulatorPanel'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { AgentsLoading } from '@/pages/AgentsLoading'
import { useAgents } from '@/pages/useAgents'
import { agentChosen, dockFolded } from '@/store/slices/simulatorSlice'

/** Talk to an agent, at large; `?agent=…` says whom one wants. */
export function TalkPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const [search] = useSearchParams()
  const wanted = search.get('agent')
  useAgents()

  useEffect(() => {
    // The same line at large; who goes on to another page finds it folded.
    dispatch(dockFolded())
  }, [dispatch])
  useEffect(() => {
    if (wanted !== null) dispatch(agentChosen(wanted))
  }, [dispatch, wanted])

  return (
    <>
      <PageTitle>{t('talk.title')}</PageTitle>
      <AgentsLoading />
      <SimulatorPanel />
    </>
  )
}
