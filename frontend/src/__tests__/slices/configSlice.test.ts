import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { createServices } from '@/services/services'
import {
  createAgent,
  deleteAgent,
  fetchAgents,
  fetchOptions,
  selectAgent,
  selectAgents,
  selectAgentsProblem,
  selectAgentsStatus,
  selectOptions,
  updateAgent,
} from '@/store/slices/configSlice'
import { createAppStore } from '@/store/store'
import { aDraft, agentRoutes, anAgent, API, OPTIONS, problem, saved } from '@/testing/api'
import { server } from '@/testing/server'
import type { AgentDraft } from '@/types'

const aStore = () => createAppStore(createServices())

const DRAFT: AgentDraft = aDraft({ name: 'Bistro', prompt: 'Take reservations.' })

describe('the agents', () => {
  it('are loaded, with what they can be made of', async () => {
    server.use(...agentRoutes([anAgent()]))
    const store = aStore()
    await Promise.all([store.dispatch(fetchAgents()), store.dispatch(fetchOptions())])
    expect(selectAgents(store.getState())).toEqual([anAgent()])
    expect(selectAgentsStatus(store.getState())).toBe('loaded')
    expect(selectOptions(store.getState())).toEqual(OPTIONS)
  })

  it('stay as they were when the server cannot be reached, and the problem is told', async () => {
    server.use(http.get(`${API}/api/config/agents`, () => HttpResponse.error()))
    const store = aStore()
    await store.dispatch(fetchAgents())
    expect(selectAgentsStatus(store.getState())).toBe('failed')
    expect(selectAgentsProblem(store.getState())).toMatchObject({
      status: 0,
      code: 'unreachable',
      request_id: null,
    })
  })

  it('make sense of an answer that is no problem document', async () => {
    server.use(
      http.get(`${API}/api/config/agents`, () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })),
    )
    const store = aStore()
    await store.dispatch(fetchAgents())
    expect(selectAgentsProblem(store.getState())).toMatchObject({ status: 502, code: 'http-502' })
  })

  it('are created, changed with the version they were based on, and deleted', async () => {
    const bodies: unknown[] = []
    server.use(
      http.post(`${API}/api/config/agents`, async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json({ ...saved(DRAFT, 1), id: 'b' }, { status: 201 })
      }),
      http.put(`${API}/api/config/agents/b`, async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json({ ...saved({ ...DRAFT, name: 'Harbour' }, 2), id: 'b' })
      }),
      http.delete(`${API}/api/config/agents/b`, () => new HttpResponse(null, { status: 204 })),
    )
    const store = aStore()
    await store.dispatch(createAgent(DRAFT))
    await store.dispatch(updateAgent({ id: 'b', version: 1, draft: { ...DRAFT, name: 'Harbour' } }))
    expect(selectAgent('b')(store.getState())).toMatchObject({ name: 'Harbour', version: 2 })
    expect(bodies).toEqual([DRAFT, { ...DRAFT, name: 'Harbour', version: 1 }])
    await store.dispatch(deleteAgent('b'))
    expect(selectAgents(store.getState())).toEqual([])
  })

  it('are not changed by a save that was refused', async () => {
    server.use(
      ...agentRoutes([anAgent()]),
      http.put(`${API}/api/config/agents/agent-1`, () => problem(409, 'stale-version', 'stale')),
    )
    const store = aStore()
    await store.dispatch(fetchAgents())
    const result = await store.dispatch(updateAgent({ id: 'agent-1', version: 1, draft: DRAFT }))
    expect(result.payload).toMatchObject({ status: 409, code: 'stale-version' })
    expect(selectAgents(store.getState())).toEqual([anAgent()])
  })
})
