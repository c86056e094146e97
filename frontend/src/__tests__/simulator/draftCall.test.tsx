import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { AgentConfigForm } from '@/components/features/Config/AgentConfigForm'
import { DraftCall } from '@/components/features/Simulator/DraftCall'
import { aDraft, agentRoutes, anAgent, answer, API, OPTIONS, problem } from '@/testing/api'
import { CallServer } from '@/testing/callServer'
import { FakeCallAudio } from '@/testing/FakeCallAudio'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import type { Agent } from '@/types'

/** The agent form beside the place where its draft is called. */
function aForm(agent?: Agent) {
  const asked: unknown[] = []
  server.use(
    ...agentRoutes([]),
    answer('/api/config/agents/agent-1/versions', { items: [] }),
    http.post(`${API}/api/calls/tickets`, async ({ request }) => {
      asked.push(await request.json())
      return HttpResponse.json({ ticket: 't', expires_in_s: 30 }, { status: 201 })
    }),
  )
  const callServer = new CallServer()
  const audio = new FakeCallAudio()
  const page = (
    <>
      <AgentConfigForm agent={agent} initial={agent ?? aDraft()} options={OPTIONS} />
      <DraftCall openAudio={audio.open} />
    </>
  )
  const world = renderApp({
    path: '/agents/a',
    routes: [
      { path: '/agents/a', element: page },
      { path: '/calls', element: <p>history</p> },
    ],
  })
  return { ...world, asked, callServer, audio }
}

type World = ReturnType<typeof aForm>

/** Change the name, press the form's button and talk in the dialog that comes. */
async function tryOut({ user, callServer }: World) {
  const name = screen.getByRole('textbox', { name: 'Name' })
  await user.clear(name)
  await user.type(name, 'Night desk')
  await user.click(screen.getByRole('button', { name: 'Test this draft' }))
  const dialog = await screen.findByRole('dialog', { name: 'Test Night desk' })
  await user.click(within(dialog).getByRole('button', { name: 'Talk' }))
  await callServer.begin()
  return dialog
}

describe('a draft', () => {
  it('is called as it stands in the form, over the agent that it is of', async () => {
    const world = aForm(anAgent())
    await tryOut(world)
    expect(world.asked).toEqual([{ draft: aDraft({ name: 'Night desk' }), agent_id: 'agent-1' }])
  })

  it('is called before it was ever saved', async () => {
    const world = aForm()
    await tryOut(world)
    expect(world.asked).toEqual([{ draft: aDraft({ name: 'Night desk' }) }])
  })

  it('is not hung up by closing without a question, and the form keeps its words', async () => {
    const world = aForm(anAgent())
    await tryOut(world)
    await world.user.keyboard('{Escape}')
    const question = await screen.findByRole('alertdialog', { name: 'Hang up?' })
    await world.user.click(within(question).getByRole('button', { name: 'Keep talking' }))
    expect(world.audio.isOpen).toBe(true)

    await world.user.keyboard('{Escape}')
    await world.user.click(await screen.findByRole('button', { name: 'Hang up and close' }))
    await world.callServer.received('hangup')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Night desk')
  })

  it('is put away with its page', async () => {
    const world = aForm()
    await world.user.click(screen.getByRole('button', { name: 'Test this draft' }))
    await screen.findByRole('dialog')
    void world.router.navigate('/calls')
    await screen.findByText('history')
    expect(world.store.getState().config.tried).toBeNull()
  })

  it('says what the server has against it', async () => {
    const world = aForm(anAgent())
    server.use(
      http.post(`${API}/api/calls/tickets`, () =>
        problem(422, 'unknown-engine', 'There is no engine “zeta”.'),
      ),
    )
    await world.user.click(screen.getByRole('button', { name: 'Test this draft' }))
    const dialog = await screen.findByRole('dialog')
    await world.user.click(within(dialog).getByRole('button', { name: 'Talk' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('There is no engine “zeta”.')
    await waitFor(() => expect(world.audio.isOpen).toBe(false))
  })
})
