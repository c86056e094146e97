/** The whole console with a line that has no sound, and a server that takes its calls. */
import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import type { openCallAudio } from '@/components/features/Simulator/utils/audioContext'
import type { UiLanguage } from '@/i18n/i18n'
import type { Agent, ConfigOptions } from '@/types'
import { agentRoutes, anAgent, answer, API, OPTIONS } from './api'
import { callRoutes } from './calls'
import { CallServer } from './callServer'
import { FakeCallAudio } from './FakeCallAudio'
import { renderApp } from './render'
import { server } from './server'

interface Setting {
  path?: string
  agents?: Agent[]
  options?: ConfigOptions
  language?: UiLanguage
  openAudio?: typeof openCallAudio
}

export async function aLine({
  path = '/talk',
  agents = [anAgent(), anAgent({ id: 'agent-2', name: 'Bistro' })],
  options = OPTIONS,
  language = 'en',
  openAudio,
}: Setting = {}) {
  /** What tickets were asked for. */
  const asked: unknown[] = []
  server.use(
    ...agentRoutes(agents, options),
    ...callRoutes([]),
    answer('/api/config/agents/agent-1/versions', { items: [] }),
    http.post(`${API}/api/calls/tickets`, async ({ request }) => {
      asked.push(await request.json())
      return HttpResponse.json({ ticket: 't', expires_in_s: 30 }, { status: 201 })
    }),
  )
  const callServer = new CallServer()
  const audio = new FakeCallAudio()
  const world = renderApp({ path, language, openAudio: openAudio ?? audio.open })
  await screen.findByRole('heading', { level: 1 })
  return { ...world, callServer, audio, asked }
}

export type Line = Awaited<ReturnType<typeof aLine>>

/** Press Talk, on the page or in the dock, and answer the socket. */
export async function talk({ user, callServer }: Pick<Line, 'user' | 'callServer'>): Promise<void> {
  await user.click(await screen.findByRole('button', { name: 'Talk' }))
  await callServer.begin()
  await screen.findByText('Connecting')
}
