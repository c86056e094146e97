import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { anAgent, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { taking } from '@/testing/settings'
import { aLine, TELNYX, telephoneRoutes } from '@/testing/telephony'

const PATH = '/settings/numbers'

async function openForm(user: ReturnType<typeof renderApp>['user']) {
  const add = await screen.findByRole('button', { name: 'Add a number' })
  await waitFor(() => expect(add).toBeEnabled())
  await user.click(add)
  return within(screen.getByRole('dialog'))
}

describe('the telephone numbers', () => {
  it('are added as people write them', async () => {
    const sent: unknown[] = []
    const made = aLine({ label: 'Newspaper', language: 'es' })
    server.use(
      ...telephoneRoutes(),
      taking('post', '/api/config/numbers', sent, () => HttpResponse.json(made, { status: 201 })),
    )
    const { user } = renderApp({ path: PATH })
    const form = await openForm(user)
    expect(form.getByLabelText('Carrier')).toHaveDisplayValue('Twilio')
    await user.type(form.getByLabelText('Number'), '600 000 001')
    await user.click(form.getByRole('button', { name: 'Save' }))
    expect(await form.findByText(/^Begin with \+ and the country code/)).toBeInTheDocument()
    expect(form.getByText('Please fill this in.')).toBeInTheDocument()
    await user.clear(form.getByLabelText('Number'))
    await user.type(form.getByLabelText('Number'), '+34 600 000 001')
    await user.selectOptions(form.getByLabelText('Answered by'), 'Reception')
    await user.selectOptions(form.getByLabelText('Language'), 'Español')
    await user.type(form.getByLabelText('Note (optional)'), 'Newspaper')
    await user.click(form.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('+34600000001 was saved.')).toBeInTheDocument()
    expect(sent).toEqual([
      { number: '+34600000001', carrier: 'twilio', agent_id: 'agent-1', label: 'Newspaper', language: 'es' },
    ])
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
    expect(screen.getByRole('rowheader', { name: /\+34600000001/ })).toHaveTextContent('Newspaper')
  })

  it.each([
    [409, 'number-taken', undefined, 'Number', 'This number is in use already.'],
    [
      422,
      'agent-archived',
      [{ field: 'agent_id', message: 'archived' }],
      'Answered by',
      'This agent is archived and takes no calls.',
    ],
    [
      422,
      'validation',
      [{ field: 'label', message: 'it has a tab' }],
      'Note (optional)',
      'The server refuses this: it has a tab',
    ],
  ])('that the server refuses (%i %s) say so at their field', async (status, code, errors, label, text) => {
    server.use(
      ...telephoneRoutes({ lines: [aLine()] }),
      taking('put', '/api/config/numbers/line-1', [], () => problem(status, code, 'no', errors)),
    )
    const { user } = renderApp({ path: PATH })
    await user.click(await screen.findByRole('button', { name: 'Edit +34600000001' }))
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.getByLabelText(label)).toHaveAccessibleDescription(new RegExp(text)))
    expect(screen.getByRole('dialog')).toBeInTheDocument()
  })

  it('go to another agent', async () => {
    const sent: unknown[] = []
    server.use(
      ...telephoneRoutes({
        lines: [aLine()],
        agents: [anAgent(), anAgent({ id: 'agent-2', name: 'Support' })],
      }),
      taking('put', '/api/config/numbers/line-1', sent, () =>
        HttpResponse.json(aLine({ agent_id: 'agent-2' })),
      ),
    )
    const { user } = renderApp({ path: PATH })
    expect(await screen.findByRole('link', { name: 'Reception' })).toHaveAttribute('href', '/agents/agent-1')
    await user.click(screen.getByRole('button', { name: 'Edit +34600000001' }))
    await user.selectOptions(screen.getByLabelText('Answered by'), 'Support')
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Save' }))
    expect(await screen.findByRole('link', { name: 'Support' })).toBeInTheDocument()
    expect(sent).toEqual([
      { number: '+34600000001', carrier: 'twilio', agent_id: 'agent-2', label: '', language: null },
    ])
  })

  it('tell when nobody can answer them', async () => {
    server.use(
      ...telephoneRoutes({
        lines: [
          aLine({ carrier: 'telnyx' }),
          aLine({ id: 'line-2', number: '+34600000002', agent_id: 'no' }),
        ],
        agents: [anAgent({ archived: true })],
      }),
    )
    renderApp({ path: PATH })
    const [, first, second] = await screen.findAllByRole('row')
    expect(first).toHaveTextContent('archived: takes no calls')
    await waitFor(() => expect(first).toHaveTextContent('carrier not connected'))
    expect(second).toHaveTextContent('nobody any more')
    expect(second).not.toHaveTextContent('carrier not connected')
  })

  it('are removed after a question', async () => {
    const sent: unknown[] = []
    server.use(
      ...telephoneRoutes({ lines: [aLine()] }),
      taking('delete', '/api/config/numbers/line-1', sent, () => new HttpResponse(null, { status: 204 })),
    )
    const { user } = renderApp({ path: PATH, language: 'es' })
    await user.click(await screen.findByRole('button', { name: 'Quitar +34600000001' }))
    expect(sent).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Eliminar' }))
    expect(await screen.findByText('Se ha quitado +34600000001.')).toBeInTheDocument()
    expect(sent).toHaveLength(1)
    expect(screen.getByText(/^Aún no hay números/)).toBeInTheDocument()
  })

  it('lead on where something comes first', async () => {
    server.use(...telephoneRoutes({ carriers: [TELNYX] }))
    renderApp({ path: PATH })
    expect(await screen.findByText(/Victoria needs a carrier/)).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Add a number' })).not.toBeInTheDocument()
  })

  it('lead to a first agent', async () => {
    server.use(...telephoneRoutes({ agents: [] }))
    renderApp({ path: PATH })
    expect(await screen.findByRole('link', { name: 'New agent' })).toHaveAttribute('href', '/agents/new')
  })

  it('can be asked for again when they did not come', async () => {
    server.use(
      http.get(`${API}/api/config/numbers`, () => problem(503, 'storage', 'no'), { once: true }),
      ...telephoneRoutes({ lines: [aLine()] }),
    )
    const { user } = renderApp({ path: PATH })
    expect(await screen.findByText(/The database refuses/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('rowheader', { name: /\+34600000001/ })).toBeInTheDocument()
  })
})

describe('the carriers', () => {
  it('say what to enter there, to be taken along', async () => {
    server.use(...telephoneRoutes())
    const { user } = renderApp({ path: PATH })
    const address = await screen.findByLabelText('Address for calls')
    expect(address).toHaveValue('https://voice.example/webhook/twilio/voice')
    expect(screen.getByText(/A call comes in/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Copy the address for status changes to Twilio' }))
    expect(await navigator.clipboard.readText()).toBe('https://voice.example/webhook/twilio/status')
  })

  it('say which settings of the server they lack', async () => {
    server.use(...telephoneRoutes({ carriers: [TELNYX] }))
    renderApp({ path: PATH })
    expect(await screen.findByText('VICTORIA_TELNYX_API_KEY')).toBeInTheDocument()
    expect(screen.getByText(/From the Telnyx portal: .* API keys/)).toBeInTheDocument()
    expect(screen.getByText('VICTORIA_SOMETHING_NEW')).toBeInTheDocument()
    expect(screen.queryByLabelText('Address for calls')).not.toBeInTheDocument()
  })

  it('and the numbers are accessible, the dialog too', async () => {
    server.use(...telephoneRoutes({ lines: [aLine({ label: 'Newspaper' })] }))
    const { user } = renderApp({ path: PATH })
    await openForm(user)
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
