import { useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { createAgent, fetchAgents, updateAgent } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent, Problem } from '@/types'
import { draftOf, valuesOf, type AgentValues } from './agentSchema'
import { formField } from './serverFields'

/** Save the form: fields that the server refuses say so, and a version conflict is put to the person. */
export function useSaveAgent(form: UseFormReturn<AgentValues>, agent: Agent | undefined) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  // Not the store's agent: that one moves on when somebody else's save is fetched, and ours would bury it.
  const [base, setBase] = useState(agent)
  const [theirs, setTheirs] = useState<Agent | null>(null)

  const startFrom = (saved: Agent) => {
    setBase(saved)
    setTheirs(null)
    form.reset(valuesOf(saved))
  }

  const refused = async (problem: Problem) => {
    if (problem.code === 'stale-version' && base) {
      const current = await dispatch(fetchAgents())
      if (fetchAgents.fulfilled.match(current)) {
        setTheirs(current.payload.find(({ id }) => id === base.id) ?? null)
      } else toast.problem(problemOf(current))
      return
    }
    const fields = problem.errors.flatMap(({ field, message }) => {
      const path = formField(field, form.getValues())
      return path === null ? [] : [{ path, message }]
    })
    fields.forEach(({ path, message }, n) => form.setError(path, { message }, { shouldFocus: n === 0 }))
    if (fields.length === 0) toast.problem(problem)
  }

  /** Return the saved agent, or null if it was not saved. */
  const save = async (values: AgentValues, version = base?.version): Promise<Agent | null> => {
    const draft = draftOf(values)
    const result =
      base && version !== undefined
        ? await dispatch(updateAgent({ id: base.id, version, draft }))
        : await dispatch(createAgent(draft))
    if (!createAgent.fulfilled.match(result) && !updateAgent.fulfilled.match(result)) {
      await refused(problemOf(result))
      return null
    }
    startFrom(result.payload)
    toast.success(base ? t('agents.saved') : t('agents.created', { name: result.payload.name }))
    return result.payload
  }

  return {
    /** What the form is based on: the agent as it was loaded or saved here. */
    base,
    save,
    /** Their version, when somebody else saved first. */
    theirs,
    overwrite: () => (theirs ? form.handleSubmit((values) => save(values, theirs.version))() : undefined),
    takeTheirs: () => {
      if (theirs) startFrom(theirs)
    },
  }
}
