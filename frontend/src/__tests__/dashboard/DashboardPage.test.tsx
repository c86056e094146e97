import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { agentRoutes, anAgent, API, OPTIONS, problem } from '@/testing/api'
import { aLiveCall, aSpan, dashboardRoutes, LiveServer } from '@/testing/dashboard'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import type { CallStats } from '@/types/dashboard'

const WEEK = aSpan(
  [
    { calls: 4, answered: 3, completed: 3, failed: 1, answers: 9, v2v_p50_ms: 640, v2v_p95_ms: 1_900 },
    {},
    {
      calls: 6,
      answered: 4,
      completed: 5,
      answers: 20,
      v2v_p50_ms: 820,
      v2v_p95_ms: 1_400,
      interruptions: 5,
    },
  ],
  {
    causes: [
      { cause: 'idle', calls: 1 },
      { cause: 'caller-hung-up', calls: 8 },
    ],
    engines: [{ port: 'tts', engine: 'espeak', failures: 3, fallbacks: 2 }],
  },
)

interface World {
  stats?: CallStats
  path?: string
  language?: 'en' | 'es'
}

function aDashboard({ stats = WEEK, path = '/', language = 'en' }: World = {}) {
  const asked: URLSearchParams[] = []
  server.use(
    ...agentRoutes([anAgent(), anAgent({ id: 'agent-2', name: 'Bistro', archived: true })], OPTIONS),
    ...dashboardRoutes(stats, asked),
  )
  return { asked, live: new LiveServer(), ...renderApp({ path, language }) }
}

/** What stands beside a figure's name. */
async function figure(name: string) {
  const term = await screen.findByText(name, { selector: 'dt' })
  return term.nextElementSibling
}

const board = () => screen.findByRole('region', { name: 'On the line now' })

describe('the figures of the dashboard', () => {
  it('tell shares with what they are out of', async () => {
    aDashboard()
    expect(await figure('Answered')).toHaveTextContent('78%7 of 9')
    expect(await figure('Completed')).toHaveTextContent('89%8 of 9')
    expect(await figure('Voice to voice, median')).toHaveTextContent('820 msof 29 answered turns')
    expect(await figure('Interruptions')).toHaveTextContent('50.56 per call')
  })

  it('say that nothing was answered, instead of 0 ms', async () => {
    aDashboard({ stats: aSpan([{ calls: 2, failed: 2 }]) })
    expect(await figure('Voice to voice, median')).toHaveTextContent('no answered turns')
    expect(await figure('Completed')).toHaveTextContent('0%0 of 2')
    expect(screen.queryByText('0 ms')).not.toBeInTheDocument()
  })

  it('are asked for by days and agent, and keep both in the address', async () => {
    const { user, asked, router } = aDashboard()
    await figure('Calls')
    expect(asked.at(-1)?.get('bucket')).toBe('day')
    await user.click(screen.getByRole('radio', { name: 'Today' }))
    await user.selectOptions(screen.getByLabelText('Agent'), 'Bistro (archived)')
    await waitFor(() => expect(asked.at(-1)?.get('agent_id')).toBe('agent-2'))
    expect(asked.at(-1)?.get('bucket')).toBe('hour')
    expect(router.state.location.search).toBe('?range=today&agent=agent-2')
  })

  it('name the day that is wrong, and why', async () => {
    aDashboard({ path: '/?range=own&from=2026-11-05&to=2026-11-02' })
    expect(await screen.findByLabelText('Until')).toBeInvalid()
    expect(screen.getByText('This is before the first day.')).toBeInTheDocument()
  })

  it('lead from a cause to its calls', async () => {
    aDashboard()
    const link = await screen.findByRole('link', { name: /Nobody spoke any more/ })
    expect(link).toHaveAttribute('href', expect.stringMatching(/^\/calls\?from=.*&to=.*&end_cause=idle$/))
  })

  it('name the engines that failed', async () => {
    aDashboard()
    expect(await screen.findByRole('row', { name: 'Speaks eSpeak NG 3 2' })).toBeInTheDocument()
  })

  it('say why they are not there, and can be asked for again', async () => {
    const { user } = aDashboard({ path: '/talk' })
    server.use(http.get(`${API}/api/history/stats`, () => problem(503, 'storage', 'away')))
    await user.click(await screen.findByRole('link', { name: 'Dashboard' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(/The database refuses.*Request req-1/)
    server.use(...dashboardRoutes(WEEK))
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await figure('Calls')).toHaveTextContent('10')
  })

  it('lead a newcomer to the first conversation', async () => {
    aDashboard({ stats: aSpan([{}]) })
    const link = await screen.findByRole('link', { name: 'Have the first conversation' })
    expect(link).toHaveAttribute('href', '/talk')
    expect(screen.queryByRole('radio')).not.toBeInTheDocument()
  })
})

describe('a chart', () => {
  it('is read with the arrow keys', async () => {
    const { user } = aDashboard()
    const chart = await screen.findByRole('slider', { name: /^Voice to voice/ })
    expect(chart).toHaveAttribute('aria-valuetext', 'Wed, Nov 4, median 820 ms, p95 1.40 s')
    chart.focus()
    await user.keyboard('{ArrowLeft}')
    expect(chart).toHaveAttribute(
      'aria-valuetext',
      'Tue, Nov 3, median no answered turns, p95 no answered turns',
    )
    await user.keyboard('{Home}{ArrowLeft}')
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringContaining('640 ms'))
  })

  it('is a table, too', async () => {
    const { user } = aDashboard({ language: 'es' })
    await user.click(await screen.findByRole('button', { name: 'Llamadas por día: Mostrar como tabla' }))
    const rows = within(screen.getByRole('region', { name: 'Llamadas por día' })).getAllByRole('row')
    expect(rows.map((row) => row.textContent)).toEqual([
      'Cuándocompletadasfallidasen curso',
      'mié, 4 nov501',
      'mar, 3 nov000',
      'lun, 2 nov310',
    ])
  })
})

describe('the board', () => {
  it('shows who says what on every line, and leads to the call', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 10, 4, 12)) // a call's duration is to be a certain one
    const { live } = aDashboard()
    await live.snapshot(
      aLiveCall({ state: 'speaking', agent_text: 'We open at nine.', caller_text: 'When do you open?' }),
    )
    const line = await within(await board()).findByRole('listitem')
    expect(line).toHaveTextContent('agent speaks')
    expect(line).toHaveTextContent('Agent: We open at nine.')
    expect(line).toHaveTextContent('1:05')
    expect(within(line).getByRole('link', { name: 'Reception' })).toHaveAttribute('href', '/calls/live-1')

    live.say({
      type: 'call',
      call: aLiveCall({ state: 'caller_speaking', caller_text: 'And on <b>Sunday</b>?' }),
    })
    await waitFor(() => expect(line).toHaveTextContent('Caller: And on <b>Sunday</b>?'))
    live.say({ type: 'ended', call_id: 'live-1' })
    expect(await screen.findByText(/All lines are at rest/)).toBeInTheDocument()
  })

  it('marks who tries a draft', async () => {
    const { live } = aDashboard()
    await live.snapshot(aLiveCall({ draft: true }), aLiveCall({ id: 'live-2', draft: false }))
    const [tried, usual] = await within(await board()).findAllByRole('listitem')
    expect(tried).toHaveTextContent('draft')
    expect(usual).not.toHaveTextContent('draft')
  })

  it('counts again when a call has ended', async () => {
    const { live, asked } = aDashboard()
    await live.snapshot(aLiveCall())
    await within(await board()).findByRole('listitem')
    await waitFor(() => expect(asked).toHaveLength(2))
    live.say({ type: 'ended', call_id: 'live-1' })
    await waitFor(() => expect(asked).toHaveLength(3))
  })

  it('says that it is reconnecting, and shows what was known meanwhile', async () => {
    const { live } = aDashboard()
    await live.snapshot(aLiveCall())
    const lines = await board()
    await within(lines).findByRole('listitem')
    live.close(1012)
    expect(await within(lines).findByText('Reconnecting …')).toBeInTheDocument()
    expect(within(lines).getByRole('listitem')).toBeInTheDocument()
    await live.greeted(2)
    await live.snapshot()
    expect(await within(lines).findByText('0 calls')).toBeInTheDocument()
  })

  it('does not insist when it is refused, unless asked to', async () => {
    const { live, user } = aDashboard()
    await live.snapshot()
    live.close(1008)
    await user.click(await screen.findByRole('button', { name: 'Try again' }))
    await live.greeted(2)
    await live.snapshot()
    expect(await within(await board()).findByText('0 calls')).toBeInTheDocument()
  })
})
