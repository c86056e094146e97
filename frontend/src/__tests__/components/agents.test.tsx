import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { agentRoutes, anAgent, API, problem, TURN_TAKING } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import type { Agent, AgentDraft } from '@/types'

type Update = AgentDraft & { version: number }

/** A server that keeps agents, as the backend does. */
function aServer(...agents: Agent[]) {
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
  )
  return updates
}

const nameField = () => screen.findByRole('textbox', { name: 'Name' })

describe('the list of agents', () => {
  it('leads to a talk with one of them', async () => {
    aServer(anAgent(), anAgent({ id: 'agent-2', name: 'Bistro' }))
    const { user } = renderApp({ path: '/agents' })
    await user.click(await screen.findByRole('link', { name: 'Talk to Bistro' }))
    expect(await screen.findByRole('combobox', { name: 'Agent' })).toHaveDisplayValue('Bistro')
  })

  it('deletes one only after asking', async () => {
    aServer(anAgent())
    const { user } = renderApp({ path: '/agents' })
    await user.click(await screen.findByRole('button', { name: 'Delete Reception' }))
    const dialog = screen.getByRole('alertdialog', { name: 'Delete Reception?' })
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(screen.getByRole('heading', { name: 'Reception' })).toBeInTheDocument()

    await user.click(screen.getByRole('button', { name: 'Delete Reception' }))
    await user.click(screen.getByRole('button', { name: 'Delete' }))
    expect(await screen.findByText('Reception was deleted.')).toBeInTheDocument()
    expect(screen.queryByRole('heading', { name: 'Reception' })).not.toBeInTheDocument()
  })

  it('shows a request id to quote when the server fails', async () => {
    aServer(anAgent())
    server.use(http.delete(`${API}/api/config/agents/:id`, () => problem(503, 'storage', 'database away')))
    const { user } = renderApp({ path: '/agents' })
    await user.click(await screen.findByRole('button', { name: 'Delete Reception' }))
    await user.click(screen.getByRole('button', { name: 'Delete' }))
    expect(await screen.findByText('Request req-1')).toBeInTheDocument()
  })
})

describe('the agent form', () => {
  it('creates an agent and stays with it', async () => {
    aServer()
    const { user, router } = renderApp({ path: '/agents/new' })
    await user.type(await nameField(), 'Bistro')
    await user.type(screen.getByRole('textbox', { name: 'Prompt' }), 'Take reservations.')
    await user.click(screen.getByRole('button', { name: 'Create agent' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/agents/new-1'))
    expect(await screen.findByRole('heading', { name: 'Bistro' })).toBeInTheDocument()
  })

  it('wants a name, and says so at the field', async () => {
    aServer(anAgent())
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.clear(await nameField())
    await user.click(screen.getByRole('button', { name: 'Save' }))
    const field = await nameField()
    await waitFor(() => expect(field).toBeInvalid())
    expect(field).toHaveAccessibleDescription('Please fill this in.')
  })

  it('sends what it does not show unchanged, with the version it is based on', async () => {
    const updates = aServer(anAgent({ turn_taking: { ...TURN_TAKING, first_speaker: 'caller' }, version: 7 }))
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), ' desk')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Saved. The next call uses it.')).toBeInTheDocument()
    expect(updates).toEqual([
      expect.objectContaining({
        name: 'Reception desk',
        version: 7,
        turn_taking: { ...TURN_TAKING, first_speaker: 'caller' },
        engines: anAgent().engines,
      }),
    ])
  })

  it('puts the server’s objections at the fields that they are about', async () => {
    aServer(anAgent())
    server.use(
      http.put(`${API}/api/config/agents/agent-1`, () =>
        problem(422, 'invalid-request', 'no', [
          { field: 'voice.speed', message: 'Too fast for this engine.' },
        ]),
      ),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), '!')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Too fast for this engine.')).toBeInTheDocument()
    expect(screen.getByRole('slider', { name: 'Speed' })).toBeInvalid()
  })

  it('offers the voices of the chosen engine and language, and forgets one that no longer fits', async () => {
    aServer(anAgent({ voice: { engine: 'espeak', voice: 'en-gb', speed: 1, pitch: 0, style: '' } }))
    const { user } = renderApp({ path: '/agents/agent-1' })
    const voice = await screen.findByRole('combobox', { name: 'Voice' })
    await waitFor(() => expect(voice).toHaveDisplayValue('British · en-GB · female'))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Language', description: '' }), 'es')
    await waitFor(() => expect(voice).toHaveDisplayValue('The language’s own'))
    expect(
      within(voice)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['The language’s own', 'Castellano · es'])
  })

  it('asks before leaving with unsaved changes', async () => {
    aServer(anAgent())
    const { user, router } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), '!')
    await user.click(screen.getByRole('link', { name: 'Calls' }))
    await user.click(await screen.findByRole('button', { name: 'Keep editing' }))
    expect(router.state.location.pathname).toBe('/agents/agent-1')
    expect(await nameField()).toHaveValue('Reception!')
  })

  it('leaves without asking when nothing was changed', async () => {
    aServer(anAgent())
    const { user, router } = renderApp({ path: '/agents/agent-1' })
    await nameField()
    await user.click(screen.getByRole('link', { name: 'All agents' }))
    expect(router.state.location.pathname).toBe('/agents')
  })
})

describe('two owners of one agent', () => {
  async function conflict() {
    const stored = anAgent()
    const updates = aServer(stored)
    const world = renderApp({ path: '/agents/agent-1' })
    await world.user.type(await nameField(), ' mine')
    Object.assign(stored, { name: 'Reception theirs', version: 2 })
    await world.user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Someone else saved this agent first')
    expect(await nameField()).toHaveValue('Reception mine')
    return { ...world, updates }
  }

  it('may keep the second one’s words', async () => {
    const { user, updates } = await conflict()
    await user.click(screen.getByRole('button', { name: 'Save mine' }))
    expect(await screen.findByText('Saved. The next call uses it.')).toBeInTheDocument()
    expect(updates.map(({ name, version }) => [name, version])).toEqual([
      ['Reception mine', 1],
      ['Reception mine', 2],
    ])
  })

  it('or the first one’s', async () => {
    const { user } = await conflict()
    await user.click(screen.getByRole('button', { name: 'Take theirs' }))
    await waitFor(async () => expect(await nameField()).toHaveValue('Reception theirs'))
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })
})
