import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { agentRoutes, anAgent, API, problem } from '@/testing/api'
import { server } from '@/testing/server'
import type { Agent, AgentDraft } from '@/types'

type Update = AgentDraft & { version: number }

/** A server that keeps agents, as the backend does. */
export function aServer(...agents: Agent[]) {
  const updates: Update[] = []
  server.use(
    ...agentRoutes(agents),
    http.post(`${API}/api/config/agents`, async ({ request }) => {
      const agent = anAgent({ ...((await request.json()) as AgentDraft), id: 'new-1' })
      agents.push(agent)
      return HttpResponse.json(agent, { status: 201 })
    }),
    http.put(`${API}/api/config/agents/:id`, async ({ request, params }) => {
      const update = (await request.json()) as Update
      updates.push(update)
      const stored = agents.find(({ id }) => id === params.id)
      if (stored?.version !== update.version) return problem(409, 'stale-version', 'stale')
      Object.assign(stored, update, { version: update.version + 1 })
      return HttpResponse.json(stored)
    }),
    http.delete(`${API}/api/config/agents/:id`, () => new HttpResponse(null, { status: 204 })),
    http.get(`${API}/api/config/agents/:id/versions`, () => HttpResponse.json({ items: [] })),
    http.post(`${API}/api/config/agents/:id/:what`, ({ params }) => {
      const stored = agents.find(({ id }) => id === params.id)
      if (!stored) return problem(404, 'not-found', 'no such agent')
      stored.archived = params.what === 'archive'
      return HttpResponse.json(stored)
    }),
  )
  return updates
}

/** The field of the agent form that holds its name. */
export const nameField = () => screen.findByRole('textbox', { name: 'Name' })
