import { screen } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { agentRoutes, anAgent } from '@/testing/api'
import { aCall, callRoutes } from '@/testing/calls'
import { aSpan, dashboardRoutes, LiveServer } from '@/testing/dashboard'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { finishedCall } from '@/testing/timelines'

/** Violations by rule; jsdom has no layout, so contrast is looked at in a browser. */
async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false } },
  })
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe('assistive technology finds nothing to complain about', () => {
  it.each([
    ['the dashboard', '/', 'Calls per day'],
    ['Talk', '/talk', 'Talk'],
    ['the agents', '/agents', 'Agents'],
    ['the agent form', '/agents/agent-1', 'Reception'],
    ['the calls', '/calls', 'Calls'],
    ['one call', '/calls/call-1', 'Notes'],
  ])('on %s', async (_, path, heading) => {
    server.use(
      ...agentRoutes([anAgent()]),
      ...callRoutes([aCall()], { timeline: finishedCall().raw }),
      ...dashboardRoutes(aSpan([{ calls: 1 }])),
    )
    new LiveServer()
    renderApp({ path })
    await screen.findByRole('heading', { name: heading })
    expect(await violations()).toEqual([])
  })

  it('on the login', async () => {
    renderApp({ apiKey: null })
    await screen.findByRole('heading', { name: 'Log in' })
    expect(await violations()).toEqual([])
  })
})
