import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { agentRoutes, anAgent, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import type { AgentDraft } from '@/types'

type Update = AgentDraft & { version: number }

/** A server with one agent that was saved three times. */
function aPast() {
  const past = [
    anAgent({ version: 1, name: 'First', prompt: 'Be brief.' }),
    anAgent({ version: 2, prompt: 'Be brief and kind.' }),
    anAgent({ version: 3, prompt: 'Be long and kind.' }),
  ]
  const agents = past.slice(-1)
  const updates: Update[] = []
  server.use(
    ...agentRoutes(agents),
    http.get(`${API}/api/config/agents/agent-1/versions`, () =>
      HttpResponse.json({ items: past.map(({ version, name }) => ({ version, name, saved_at: version })) }),
    ),
    http.get(`${API}/api/config/agents/agent-1/versions/:n`, ({ params }) =>
      HttpResponse.json(past[Number(params.n) - 1]),
    ),
    http.put(`${API}/api/config/agents/agent-1`, async ({ request }) => {
      const update = (await request.json()) as Update
      updates.push(update)
      past.push(anAgent({ ...update, version: update.version + 1 }))
      return HttpResponse.json(past.at(-1))
    }),
  )
  return updates
}

describe('an agent’s past', () => {
  it('shows word by word what going back would change, and goes back by a new save', async () => {
    const updates = aPast()
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.click(await screen.findByRole('button', { name: 'Compare version 2' }))
    const restore = await screen.findByRole('button', { name: 'Restore version 2' })
    expect(screen.getByText('long').closest('del')).toBeInTheDocument()
    expect(screen.getByText('brief').closest('ins')).toBeInTheDocument()

    await user.click(restore)
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue('Be brief and kind.'),
    )
    expect(updates).toEqual([expect.objectContaining({ prompt: 'Be brief and kind.', version: 3 })])
    expect(await screen.findByText('v4')).toBeInTheDocument()
    expect(screen.getByText('Now').closest('li')).toHaveTextContent('v4')
  })

  it('asks before unsaved words are lost', async () => {
    const updates = aPast()
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.type(await screen.findByRole('textbox', { name: 'Prompt' }), ' Mine.')
    await user.click(await screen.findByRole('button', { name: 'Compare version 1' }))
    await user.click(await screen.findByRole('button', { name: 'Restore version 1' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Restore version 1?' })
    await user.click(within(dialog).getByRole('button', { name: 'Keep editing' }))
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue('Be long and kind. Mine.')
    expect(updates).toEqual([])
  })

  it('says why it cannot be shown, and tries again', async () => {
    aPast()
    server.use(
      http.get(`${API}/api/config/agents/agent-1/versions`, () => problem(503, 'storage', 'database away'), {
        once: true,
      }),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.click(await screen.findByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('v3')).toBeInTheDocument()
  })
})
