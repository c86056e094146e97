import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { aLine, talk, type Line } from '@/testing/line'
import { GREETING, greeted } from '@/testing/timelines'

const lamp = () => screen.getByRole('button', { name: 'Talk here' })
const onTheLine = () => screen.findByRole('button', { name: 'On the line: Reception' })

/** Open the dock beside the agents. */
async function docked(setting: Parameters<typeof aLine>[0] = {}) {
  const world = await aLine({ path: '/agents', ...setting })
  await world.user.click(lamp())
  const dock = await screen.findByRole('complementary', { name: 'Talk' })
  return { ...world, dock }
}

async function goTo({ router }: Pick<Line, 'router'>, path: string, heading: string) {
  void router.navigate(path)
  await screen.findByRole('heading', { level: 1, name: heading })
}

describe('the dock', () => {
  it('talks to a chosen agent beside any page', async () => {
    const world = await docked()
    const { dock, user } = world
    await user.selectOptions(await within(dock).findByRole('combobox', { name: 'Agent' }), 'Bistro')
    await talk(world)
    expect(world.asked).toEqual([{ agent_id: 'agent-2' }])
    world.callServer.timeline(greeted().raw)
    expect(await within(dock).findByText(GREETING)).toBeInTheDocument()
    expect(within(dock).getByText('Listening')).toBeInTheDocument()
    await user.click(within(dock).getByRole('button', { name: 'Hang up' }))
    await world.callServer.received('hangup')
  })

  it('keeps the call while one goes from page to page', async () => {
    const world = await docked()
    await talk(world)
    world.callServer.timeline(greeted().raw)
    await goTo(world, '/calls', 'Calls')
    expect(within(world.dock).getByText(GREETING)).toBeInTheDocument()
    await goTo(world, '/talk', 'Talk')
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument()
    expect(screen.getByText(GREETING)).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Hang up' })).toBeInTheDocument()
    await goTo(world, '/agents', 'Agents')
    expect(await onTheLine()).toHaveAttribute('aria-expanded', 'false')
    expect(world.callServer.sockets).toBe(1)
    expect(world.callServer.isClosed).toBe(false)
    expect(world.audio.isOpen).toBe(true)
  })

  it('tells who is on the line and for how long while it is folded, and opens again', async () => {
    const world = await docked()
    await talk(world)
    world.callServer.timeline(greeted().raw)
    await world.user.keyboard('{Escape}')
    const button = await onTheLine()
    expect(button).toHaveTextContent(/Reception.*0:0\d/)
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument()
    await world.user.click(button)
    expect(await screen.findByText(GREETING)).toBeInTheDocument()
  })

  it('takes the focus when it opens, and gives it back', async () => {
    const { dock, user } = await docked()
    await waitFor(() => expect(dock).toHaveFocus())
    await user.click(within(dock).getByRole('button', { name: 'Fold up' }))
    await waitFor(() => expect(lamp()).toHaveFocus())
  })

  it('says it aloud when the call breaks while it is folded', async () => {
    const world = await docked()
    await talk(world)
    await world.user.keyboard('{Escape}')
    await onTheLine()
    world.callServer.close(1006)
    expect(await screen.findByRole('button', { name: 'Call broken off' })).toBeInTheDocument()
    expect(screen.getAllByRole('status').map((status) => status.textContent)).toContain('Call broken off')
    await world.user.click(screen.getByRole('button', { name: 'Call broken off' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('The connection was lost')
    expect(screen.getByRole('button', { name: 'Talk again' })).toBeEnabled()
  })

  it('hangs up with the one who logs out', async () => {
    const world = await docked()
    await talk(world)
    await world.user.click(screen.getByRole('button', { name: 'Log out' }))
    await world.callServer.received('hangup')
    await screen.findByRole('heading', { name: 'Log in' })
  })

  it('leads to the first agent where there is none', async () => {
    const { dock } = await docked({ agents: [] })
    expect(await within(dock).findByRole('link', { name: 'Create an agent' })).toBeInTheDocument()
  })

  it('is not offered beside the page that shows the same at large', async () => {
    await aLine({ path: '/talk' })
    expect(screen.queryByRole('button', { name: 'Talk here' })).not.toBeInTheDocument()
  })

  it('gives assistive technology nothing to complain about', async () => {
    const world = await docked()
    await talk(world)
    world.callServer.timeline(greeted().raw)
    await within(world.dock).findByText(GREETING)
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
