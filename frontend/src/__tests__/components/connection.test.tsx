import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { agentRoutes, anAgent, answer, API } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'

const GONE = 'The server does not answer. It is being tried again; changes cannot be saved now.'

it('a server that is gone is told of in place, and no longer once it is back', async () => {
  server.use(...agentRoutes([anAgent()]), answer('/api/config/agents/agent-1/versions', { items: [] }))
  const { user } = renderApp({ path: '/agents/agent-1' })
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), '!')

  server.use(
    http.put(`${API}/api/config/agents/agent-1`, () => HttpResponse.error()),
    http.get(`${API}/health/live`, () => HttpResponse.error()),
  )
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText(GONE)).toBeVisible()

  server.use(answer('/health/live', { status: 'ok' }))
  await expect.poll(() => screen.queryByText(GONE), { timeout: 10_000 }).toBeNull()
  expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Reception!')
})
