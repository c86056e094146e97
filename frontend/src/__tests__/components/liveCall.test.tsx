import { screen, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { agentRoutes, anAgent, API } from '@/testing/api'
import { aCall, aWav, callRoutes } from '@/testing/calls'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { commit, greeted, GREETING, QUESTION } from '@/testing/timelines'

beforeEach(() => {
  HTMLMediaElement.prototype.pause = () => {}
  URL.createObjectURL = () => 'blob:file'
  URL.revokeObjectURL = () => {}
})

it('a call that is going on is followed until it has ended', async () => {
  const timeline = greeted()
  const call = aCall({
    status: 'live',
    end_cause: null,
    ended_at: null,
    duration_ms: null,
    has_recording: true,
  })
  const asked: string[] = []
  server.use(
    ...agentRoutes([anAgent()]),
    http.get(`${API}/api/history/calls/call-1/timeline`, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('after_seq') ?? '')
    }),
    ...callRoutes([call], { timeline: timeline.raw }),
    http.get(`${API}/api/history/calls/call-1/recording`, () => HttpResponse.arrayBuffer(aWav([[0, 0]]))),
  )
  const { user } = renderApp({ path: '/calls/call-1' })
  const dialog = within(await screen.findByRole('dialog'))
  expect(await dialog.findByText(GREETING)).toBeInTheDocument()
  expect(dialog.getByText('It can be heard once the call is over.')).toBeInTheDocument()
  await user.type(dialog.getByRole('textbox', { name: 'Note' }), 'Half a')

  timeline.add(6_700, { type: 'deadline_reached' }, commit(2, 'caller', QUESTION, { toMs: 6_200 }))
  expect(await dialog.findByText(QUESTION)).toBeInTheDocument()
  expect(asked).toContain('4')

  timeline.add(7_000, { type: 'caller_left', cause: 'caller-hung-up' })
  Object.assign(call, { status: 'completed', end_cause: 'caller-hung-up', duration_ms: 7_000 })
  expect(await dialog.findByRole('button', { name: 'Play' })).toBeInTheDocument()
  expect(dialog.getByRole('region', { name: 'Why it ended' })).toHaveTextContent('The caller hung up')
  expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue('Half a')
  expect(dialog.getAllByRole('group', { name: 'What the agent said' })).toHaveLength(1)
})

it('a call that ends while it is looked at is over in the list, too', async () => {
  const call = aCall({ status: 'live', end_cause: null, ended_at: null, duration_ms: null })
  server.use(...agentRoutes([anAgent()]), ...callRoutes([call], { timeline: greeted().raw }))
  const { user } = renderApp({ path: '/calls/call-1' })
  const dialog = within(await screen.findByRole('dialog'))
  await dialog.findByText(GREETING)
  Object.assign(call, { status: 'completed', duration_ms: 7_000 })
  await dialog.findByRole('button', { name: 'Delete call' })
  await user.click(dialog.getByRole('button', { name: 'Close' }))
  expect(await screen.findByRole('row', { name: /Reception/ })).toHaveTextContent('completed')
})
