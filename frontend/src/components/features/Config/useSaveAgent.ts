import { useState } from 'react'
import type { FieldPath, UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { createAgent, fetchAgents, updateAgent } from '@/store/slices/configSlice'
import { problemOf } from '@/store/thunks'
import type { Agent, Problem } from '@/types'
import { agentSchema, draftOf, valuesOf, type AgentValues } from './agentSchema'

/** Save the form: fields that the server refuses say so, and a version conflict is put to the person. */
export function useSaveAgent(form: UseFormReturn<AgentValues>, agent: Agent | undefined) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [isStale, setStale] = useState(false)

  const refused = (problem: Problem) => {
    if (problem.code === 'stale-version') {
      setStale(true)
      return
    }
    const fields = problem.errors.flatMap(({ field, message }) => {
      const path = formField(field)
      return path ? [{ path, message }] : []
    })
    for (const { path, message } of fields) form.setError(path, { message }, { shouldFocus: true })
    if (fields.length === 0) toast.problem(problem)
  }

  /** Return the saved agent, or null if it was not saved. */
  const save = async (values: AgentValues, version = agent?.version): Promise<Agent | null> => {
    const draft = draftOf(values)
    const result =
      agent && version !== undefined
        ? await dispatch(updateAgent({ id: agent.id, version, draft }))
        : await dispatch(createAgent(draft))
    if (!createAgent.fulfilled.match(result) && !updateAgent.fulfilled.match(result)) {
      refused(problemOf(result))
      return null
    }
    setStale(false)
    form.reset(valuesOf(result.payload))
    toast.success(agent ? t('agents.saved') : t('agents.created', { name: result.payload.name }))
    return result.payload
  }

  /** Their version of the agent, freshly fetched. */
  const theirs = async (): Promise<Agent | null> => {
    const result = await dispatch(fetchAgents())
    if (!fetchAgents.fulfilled.match(result)) {
      toast.problem(problemOf(result))
      return null
    }
    return result.payload.find(({ id }) => id === agent?.id) ?? null
  }

  const overwrite = async () => {
    const current = await theirs()
    if (current) await save(form.getValues(), current.version)
  }

  const takeTheirs = async () => {
    const current = await theirs()
    if (!current) return
    setStale(false)
    form.reset(valuesOf(current))
  }

  return { save, isStale, overwrite, takeTheirs }
}

/** The form's field that the server means; null if it has no such field. */
function formField(field: string): FieldPath<AgentValues> | null {
  const path = field.replace(/^body\./, '')
  const known: string[] = [
    ...Object.keys(agentSchema.shape),
    ...Object.keys(agentSchema.shape.voice.shape).map((name) => `voice.${name}`),
  ]
  return known.includes(path) ? (path as FieldPath<AgentValues>) : null
}
