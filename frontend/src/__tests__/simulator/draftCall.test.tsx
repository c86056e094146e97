import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { aDraft, API, problem } from '@/testing/api'
import { aLine, talk, type Line } from '@/testing/line'
import { server } from '@/testing/server'

/** Change the name in the agent's form and press the button that tries it out; returns the dock. */
async function tryOut({ user }: Line, words = 'Night desk') {
  const name = await screen.findByRole('textbox', { name: 'Name' })
  await user.clear(name)
  await user.type(name, words)
  await user.click(screen.getByRole('button', { name: 'Test this draft' }))
  return screen.findByRole('complementary', { name: 'Talk' })
}

describe('a draft', () => {
  it('is called as it stands in the form, over the agent that it is of', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    const dock = await tryOut(world)
    expect(within(dock).getByRole('combobox', { name: 'Agent' })).toHaveDisplayValue('Night desk (draft)')
    await talk(world)
    expect(world.asked).toEqual([{ draft: aDraft({ name: 'Night desk' }), agent_id: 'agent-1' }])
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Night desk')
  })

  it('is called before it was ever saved', async () => {
    const world = await aLine({ path: '/agents/new?template=empty' })
    await tryOut(world)
    await talk(world)
    expect(world.asked).toMatchObject([{ draft: { name: 'Night desk' } }])
    expect(world.asked[0]).not.toHaveProperty('agent_id')
  })

  it('goes on when the dock is folded, and is there again when it is opened', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    const dock = await tryOut(world)
    await talk(world)
    await world.user.click(within(dock).getByRole('button', { name: 'Fold up' }))
    expect(world.audio.isOpen).toBe(true)
    await world.user.click(screen.getByRole('button', { name: /^On the line/ }))
    await world.user.click(await screen.findByRole('button', { name: 'Hang up' }))
    await world.callServer.received('hangup')
  })

  it('makes way for an agent that is chosen instead', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    const dock = await tryOut(world)
    await world.user.selectOptions(within(dock).getByRole('combobox', { name: 'Agent' }), 'Bistro')
    await talk(world)
    expect(world.asked).toEqual([{ agent_id: 'agent-2' }])
  })

  it('waits for the end of the call that goes on', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    await world.user.click(screen.getByRole('button', { name: 'Talk here' }))
    await talk(world)
    const dock = await tryOut(world)
    expect(within(dock).getByText(/^Hang up first.*Night desk/)).toBeInTheDocument()
    expect(within(dock).getByRole('heading', { name: 'Reception' })).toBeInTheDocument()
    world.callServer.say({ type: 'ended', cause: 'caller-hung-up' })
    await waitFor(() =>
      expect(within(dock).getByRole('combobox', { name: 'Agent' })).toHaveDisplayValue('Night desk (draft)'),
    )
  })

  it('is put away with its page', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    await world.user.click(await screen.findByRole('button', { name: 'Test this draft' }))
    await screen.findByRole('complementary', { name: 'Talk' })
    void world.router.navigate('/calls')
    await screen.findByRole('heading', { name: 'Calls' })
    expect(world.store.getState().config.tried).toBeNull()
  })

  it('stays while it is on the line, whatever becomes of its page, to be called again', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    await world.user.click(await screen.findByRole('button', { name: 'Test this draft' }))
    const dock = await screen.findByRole('complementary', { name: 'Talk' })
    await talk(world)
    void world.router.navigate('/calls')
    await screen.findByRole('heading', { name: 'Calls' })
    world.callServer.say({ type: 'ended', cause: 'caller-hung-up' })
    const choice = await within(dock).findByRole('combobox', { name: 'Agent' })
    expect(choice).toHaveDisplayValue('Reception (draft)')
  })

  it('is put away by folding the dock', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    await tryOut(world)
    await world.user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('complementary')).not.toBeInTheDocument())
    expect(world.store.getState().config.tried).toBeNull()
  })

  it('says what the server has against it', async () => {
    const world = await aLine({ path: '/agents/agent-1' })
    const dock = await tryOut(world)
    server.use(
      http.post(`${API}/api/calls/tickets`, () =>
        problem(422, 'unknown-engine', 'There is no engine “zeta”.'),
      ),
    )
    await world.user.click(within(dock).getByRole('button', { name: 'Talk' }))
    expect(await within(dock).findByRole('alert')).toHaveTextContent('There is no engine “zeta”.')
    await waitFor(() => expect(world.audio.isOpen).toBe(false))
  })
})
