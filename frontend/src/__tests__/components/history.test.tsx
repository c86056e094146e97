import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { wavColumns } from '@/components/features/History/playback/wav'
import { agentRoutes, anAgent, API, problem } from '@/testing/api'
import { aCall, aWav, callRoutes } from '@/testing/calls'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { ANSWER, finishedCall, HEARD } from '@/testing/timelines'
import type { CallSummary } from '@/types/calls'

function aHistory(...calls: CallSummary[]) {
  server.use(...agentRoutes([anAgent()]), ...callRoutes(calls, { timeline: finishedCall().raw }))
}

describe('the list of calls on a phone', () => {
  it('names the number at the other end', async () => {
    vi.spyOn(window, 'innerWidth', 'get').mockReturnValue(360)
    server.use(
      ...agentRoutes([anAgent()]),
      ...callRoutes([
        aCall({ direction: 'inbound', caller: '+34600000009', called: '+34600000001' }),
        aCall({ id: 'call-2', direction: 'outbound', caller: '+34600000001', called: '+34600000010' }),
      ]),
    )
    renderApp({ path: '/calls' })
    const [taken, made] = within(await screen.findByRole('list', { name: 'Calls' })).getAllByRole('listitem')
    expect(taken).toHaveTextContent(/incoming\s*\+34600000009/)
    expect(made).toHaveTextContent(/outgoing\s*\+34600000010/)
  })

  it('says so where the caller hides theirs', async () => {
    aHistory(aCall({ direction: 'inbound', caller: 'anonymous', called: '+34600000001' }))
    renderApp({ path: '/calls' })
    const [, row] = await screen.findAllByRole('row')
    expect(row).toHaveTextContent(/incoming\s*number withheld/)
  })
})

describe('the list of calls', () => {
  it('shows of each call what one looks for', async () => {
    aHistory(
      aCall(),
      aCall({ id: 'call-2', status: 'live', duration_ms: null, median_voice_to_voice_ms: null }),
    )
    renderApp({ path: '/calls' })
    const [, first, second] = await screen.findAllByRole('row')
    for (const text of ['Reception', 'completed', '1:05', '4', '900 ms'])
      expect(first).toHaveTextContent(text)
    expect(second).toHaveTextContent('live')
    expect(second).toHaveTextContent('–')
  })

  it('is turned page by page', async () => {
    aHistory(...Array.from({ length: 60 }, (_, n) => aCall({ id: `call-${n}` })))
    const { user } = renderApp({ path: '/calls' })
    expect(await screen.findAllByRole('row')).toHaveLength(51)
    await user.click(screen.getByRole('button', { name: 'Next page' }))
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(11))
    expect(screen.getByText('Page 2')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Next page' })).toBeDisabled()
    await user.click(screen.getByRole('button', { name: 'Previous page' }))
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(51))
  })

  it('shows only calls of the chosen status', async () => {
    aHistory(aCall(), aCall({ id: 'call-2', status: 'failed' }))
    const { user, router } = renderApp({ path: '/calls' })
    await screen.findAllByRole('row')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Status' }), 'failed')
    expect(router.state.location.search).toBe('?status=failed')
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Status' }), 'live')
    expect(await screen.findByText('No calls match.')).toBeInTheDocument()
  })
})

describe('finding a call', () => {
  const asked: URLSearchParams[] = []
  const remember = ({ request }: { request: Request }) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/api/history/calls') asked.push(searchParams)
  }
  beforeEach(() => server.events.on('request:start', remember))
  afterEach(() => {
    server.events.removeListener('request:start', remember)
    asked.length = 0
  })

  it('searches on the server, and marks in the passage what was found', async () => {
    aHistory(aCall({ snippet: '… mañana <b>a las</b> diez' }))
    const { user, router } = renderApp({ path: '/calls' })
    await user.type(await screen.findByRole('textbox', { name: /^Search/ }), 'manana{Enter}')
    await waitFor(() => expect(router.state.location.search).toBe('?q=manana'))
    await waitFor(() => expect(asked.at(-1)?.get('q')).toBe('manana'))
    expect((await screen.findByText('mañana')).tagName).toBe('MARK')
    expect(screen.getByText(/<b>a las<\/b> diez/)).toBeInTheDocument()
  })

  it('begins with what the address says', async () => {
    aHistory(aCall())
    renderApp({ path: '/calls?q=ten&from=2026-03-01&end_cause=idle&sort=duration_ms&order=asc' })
    await screen.findAllByRole('row')
    expect(screen.getByRole('textbox', { name: /^Search/ })).toHaveValue('ten')
    expect(screen.getByLabelText('From')).toHaveValue('2026-03-01')
    expect(screen.getByRole('columnheader', { name: 'Duration' })).toHaveAttribute('aria-sort', 'ascending')
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      q: 'ten',
      from: String(new Date(2026, 2, 1).getTime()),
      end_cause: 'idle',
      sort: 'duration_ms',
      order: 'asc',
    })
  })

  it('sorts by a column, and turns the order round', async () => {
    aHistory(aCall())
    const { user } = renderApp({ path: '/calls' })
    await user.click(await screen.findByRole('button', { name: 'Median answer' }))
    await waitFor(() => expect(asked.at(-1)?.get('sort')).toBe('voice_to_voice_ms'))
    expect(asked.at(-1)?.get('order')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Median answer' }))
    await waitFor(() => expect(asked.at(-1)?.get('order')).toBe('asc'))
  })

  it('follows a tag to the calls that have it, and back to all', async () => {
    aHistory(aCall({ tags: ['sales'] }), aCall({ id: 'call-2' }))
    const { user } = renderApp({ path: '/calls' })
    await user.click(await screen.findByRole('link', { name: 'sales' }))
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2))
    await user.click(screen.getByRole('button', { name: 'Clear filters' }))
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(3))
  })

  it('says that days are the wrong way round at the field', async () => {
    aHistory()
    renderApp({ path: '/calls?from=2026-03-02&to=2026-03-01' })
    expect(await screen.findByText('This is before the first day.')).toBeInTheDocument()
    expect(screen.getByLabelText('Until')).toBeInvalid()
  })
})

describe('an export', () => {
  const choose = async (format: string) => {
    const { user } = renderApp({ path: '/calls?status=failed' })
    await user.click(await screen.findByRole('button', { name: 'Export' }))
    await user.click(await screen.findByRole('menuitem', { name: format }))
  }

  it('is a file of everything that matches', async () => {
    aHistory(aCall({ status: 'failed' }))
    const saved: Blob[] = []
    URL.createObjectURL = (file) => `blob:${saved.push(file as Blob)}`
    URL.revokeObjectURL = () => {}
    let query = ''
    server.use(
      http.get(`${API}/api/history/export`, ({ request }) => {
        query = new URL(request.url).search
        return new HttpResponse('\ufeffid\r\n', { headers: { 'Content-Type': 'text/csv' } })
      }),
    )
    await choose('Table (CSV)')
    await waitFor(() => expect(saved).toHaveLength(1))
    expect(query).toBe('?format=csv&status=failed')
    expect(saved[0]?.size).toBe('\ufeffid\r\n'.length + 2) // the mark is three bytes, unharmed
  })

  it('that fails says why, with the request', async () => {
    aHistory()
    server.use(http.get(`${API}/api/history/export`, () => problem(503, 'storage', 'database away')))
    await choose('With transcripts (JSON)')
    expect(await screen.findByText(/The database refuses at the moment/)).toBeInTheDocument()
    expect(screen.getByText('Request req-1')).toBeInTheDocument()
  })
})

describe('one call', () => {
  it('has an address, and closing it leads back to the list', async () => {
    aHistory(aCall())
    const { user, router } = renderApp({ path: '/calls/call-1' })
    expect(await screen.findByRole('dialog', { name: 'Call with Reception' })).toBeInTheDocument()
    await user.keyboard('{Escape}')
    expect(router.state.location.pathname).toBe('/calls')
  })

  it('is opened from the list', async () => {
    aHistory(aCall())
    const { user, router } = renderApp({ path: '/calls' })
    await user.click(await screen.findByRole('link', { name: /^Call with Reception/ }))
    expect(router.state.location.pathname).toBe('/calls/call-1')
  })

  it('tells what was said, what was heard, and how it ended', async () => {
    aHistory(aCall())
    renderApp({ path: '/calls/call-1' })
    const dialog = await screen.findByRole('dialog')
    const struck = await within(dialog).findByText(ANSWER.slice(HEARD.length).trim(), {
      exact: false,
      selector: 'del',
    })
    expect(struck).toBeInTheDocument()
    expect(within(dialog).getByText('The caller hung up')).toBeInTheDocument()
    expect(within(dialog).getByText('There is no recording of this call.')).toBeInTheDocument()
  })

  it('opens the waterfall of an answer', async () => {
    aHistory(aCall())
    const { user } = renderApp({ path: '/calls/call-1' })
    await user.click(await screen.findByText('Answered after 900 ms'))
    expect(screen.getByRole('list', { name: 'Where the time went' })).toHaveTextContent(
      'First tokenLLM212 ms',
    )
  })

  it('fetches its recording with the key', async () => {
    aHistory(aCall({ has_recording: true }))
    URL.createObjectURL = () => 'blob:recording'
    URL.revokeObjectURL = () => {}
    const keys: (string | null)[] = []
    server.use(
      http.get(`${API}/api/history/calls/call-1/recording`, ({ request }) => {
        keys.push(request.headers.get('X-API-Key'))
        return HttpResponse.arrayBuffer(aWav([[0, 0]]), { headers: { 'Content-Type': 'audio/wav' } })
      }),
    )
    renderApp({ path: '/calls/call-1' })
    expect(await screen.findByRole('button', { name: 'Play' })).toBeInTheDocument()
    expect(screen.getByRole('slider', { name: 'Position in the recording' })).toHaveAttribute('max', '65')
    expect(screen.getByRole('button', { name: 'Play from 0:07' })).toBeInTheDocument()
    expect(new Set(keys)).toEqual(new Set(['key']))
  })

  it('is still worth reading when its recording is gone', async () => {
    aHistory(aCall({ has_recording: true }))
    server.use(
      http.get(`${API}/api/history/calls/call-1/recording`, () => new HttpResponse(null, { status: 404 })),
    )
    renderApp({ path: '/calls/call-1' })
    expect(await screen.findByText('The recording could not be loaded.')).toBeInTheDocument()
    expect(within(screen.getByRole('dialog')).getByText('interrupted')).toBeInTheDocument()
  })

  it('is deleted only after asking', async () => {
    aHistory(aCall())
    const { user, router } = renderApp({ path: '/calls/call-1' })
    await user.click(await screen.findByRole('button', { name: 'Delete call' }))
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/calls'))
    expect(await screen.findByText('The call was deleted.')).toBeInTheDocument()
  })

  it('may not exist', async () => {
    aHistory()
    renderApp({ path: '/calls/call-9' })
    expect(await screen.findByText('This call does not exist, or not any more.')).toBeInTheDocument()
  })
})

describe('a recording’s waveform', () => {
  it('has the caller on the left channel and the agent on the right', () => {
    const file = aWav([
      [16_384, 0],
      [0, 0],
      [0, -32_768],
      [0, 0],
    ])
    expect(wavColumns(file, 2)).toEqual([
      { caller: 0.5, agent: 0 },
      { caller: 0, agent: 1 },
    ])
  })

  it('is empty rather than wrong for another kind of file', () => {
    expect(wavColumns(new ArrayBuffer(3), 10)).toEqual([])
    expect(wavColumns(new TextEncoder().encode('<html>not a recording at all</html>').buffer, 10)).toEqual([])
  })
})
