import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { aServer, nameField } from '@/testing/agents'
import { anAgent, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import type { UserEvent } from '@testing-library/user-event'

describe('the list of agents', () => {
  it('leads to a talk with one of them', async () => {
    aServer(anAgent(), anAgent({ id: 'agent-2', name: 'Bistro' }))
    const { user } = renderApp({ path: '/agents' })
    await user.click(await screen.findByRole('link', { name: 'Talk to Bistro' }))
    expect(await screen.findByRole('combobox', { name: 'Agent' })).toHaveDisplayValue('Bistro')
  })

  async function choose(user: UserEvent, name: string, item: string) {
    await user.click(await screen.findByRole('button', { name: `More for ${name}` }))
    await user.click(await screen.findByRole('menuitem', { name: item }))
  }

  it('deletes one only after asking', async () => {
    aServer(anAgent())
    const { user } = renderApp({ path: '/agents' })
    await choose(user, 'Reception', 'Delete')
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete “Reception”?' })
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(screen.getByRole('heading', { name: 'Reception' })).toBeInTheDocument()

    await choose(user, 'Reception', 'Delete')
    await user.click(await screen.findByRole('button', { name: 'Delete' }))
    expect(await screen.findByText('Reception was deleted.')).toBeInTheDocument()
    expect(screen.queryByRole('heading', { name: 'Reception' })).not.toBeInTheDocument()
  })

  it('shows a request id to quote when the server fails', async () => {
    aServer(anAgent())
    server.use(http.delete(`${API}/api/config/agents/:id`, () => problem(503, 'storage', 'database away')))
    const { user } = renderApp({ path: '/agents' })
    await choose(user, 'Reception', 'Delete')
    await user.click(await screen.findByRole('button', { name: 'Delete' }))
    expect(await screen.findByText('Request req-1')).toBeInTheDocument()
  })

  it('archives one and brings it back', async () => {
    aServer(anAgent())
    const { user } = renderApp({ path: '/agents' })
    await choose(user, 'Reception', 'Archive')
    expect(await screen.findByText('Reception takes no more calls.')).toBeInTheDocument()
    expect(screen.queryByRole('heading', { name: 'Reception' })).not.toBeInTheDocument()

    await user.click(screen.getByRole('tab', { name: 'Archived (1)' }))
    await user.click(await screen.findByRole('button', { name: 'Bring back Reception' }))
    expect(await screen.findByText('Reception takes calls again.')).toBeInTheDocument()
    expect(screen.getByRole('tab', { name: 'Taking calls (1)' })).toBeInTheDocument()
  })

  it('does not offer an archived one for a talk', async () => {
    aServer(anAgent(), anAgent({ id: 'agent-2', name: 'Bistro', archived: true }))
    renderApp({ path: '/talk' })
    const choice = await screen.findByRole('combobox', { name: 'Agent' })
    expect(within(choice).getAllByRole('option')).toHaveLength(1)
  })

  it('finds agents whatever the accents', async () => {
    aServer(anAgent(), anAgent({ id: 'agent-2', name: 'Recepción de noche' }))
    const { user } = renderApp({ path: '/agents' })
    await user.type(await screen.findByRole('searchbox', { name: 'Search agents' }), 'recepcion NOCHE')
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Reception' })).not.toBeInTheDocument())
    expect(screen.getByRole('heading', { name: 'Recepción de noche' })).toBeInTheDocument()
  })

  it('makes a copy that is saved as an agent of its own', async () => {
    aServer(anAgent())
    const { user, router } = renderApp({ path: '/agents' })
    await choose(user, 'Reception', 'Duplicate')
    expect(await nameField()).toHaveValue('Copy of Reception')
    await user.click(screen.getByRole('button', { name: 'Create agent' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/agents/new-1'))
    expect(await screen.findByRole('textbox', { name: 'Prompt' })).toHaveValue('You answer for a clinic.')
  })
})
