import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { aServer, nameField } from '@/testing/agents'
import { anAgent } from '@/testing/api'
import { renderApp } from '@/testing/render'

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
