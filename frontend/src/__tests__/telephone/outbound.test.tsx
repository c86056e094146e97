import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { anAgent, answer, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { taking } from '@/testing/settings'
import { aLine, anOrder, telephoneRoutes } from '@/testing/telephony'
import type { OutboundCall } from '@/types/telephony'

type User = ReturnType<typeof renderApp>['user']

/** A server on which these calls were ordered. */
function ordered(orders: OutboundCall[] = []) {
  const prompt = 'You remind {{first_name}} of {{ date }}. We open at {{opening hours}}.'
  server.use(
    ...telephoneRoutes({ lines: [aLine()], agents: [anAgent({ prompt })] }),
    answer('/api/calls', { items: orders, next_cursor: null }),
  )
}

async function openForm(user: User) {
  await user.click(await screen.findByRole('button', { name: 'Call a number' }))
  const form = within(screen.getByRole('dialog'))
  await user.click(form.getByLabelText('Number to call'))
  await user.paste('+34 600 000 009')
  await form.findByRole('option', { name: 'Reception' })
  await user.selectOptions(form.getByLabelText('Who calls'), 'Reception')
  return form
}

describe('a call out', () => {
  it('is ordered with what the agent’s texts leave open', async () => {
    const sent: unknown[] = []
    ordered()
    server.use(taking('post', '/api/calls', sent, () => HttpResponse.json(anOrder(), { status: 201 })))
    const { user } = renderApp({ path: '/outbound' })
    const form = await openForm(user)
    const open = within(form.getByRole('group', { name: 'What the agent’s texts leave open' }))
    expect(open.getAllByRole('textbox')).toHaveLength(1)
    await user.click(open.getByLabelText('first_name'))
    await user.paste('Ana')
    await user.click(form.getByRole('button', { name: 'Call' }))
    expect(await screen.findByText('The number is being called.')).toBeInTheDocument()
    expect(sent).toEqual([
      {
        agent_id: 'agent-1',
        to: '+34600000009',
        from: null,
        variables: { first_name: 'Ana' },
        not_before: null,
        max_attempts: 1,
        retry_after_s: 300,
        idempotency_key: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      },
    ])
  })

  it('can wait for its time, and be tried again', async () => {
    const sent: unknown[] = []
    ordered()
    server.use(taking('post', '/api/calls', sent, () => HttpResponse.json(anOrder(), { status: 201 })))
    const { user } = renderApp({ path: '/outbound' })
    const form = await openForm(user)
    await user.click(form.getByRole('radio', { name: 'Later' }))
    await user.selectOptions(form.getByLabelText('Attempts'), 'Up to 3 times')
    await user.selectOptions(form.getByLabelText('Again after'), '15 minutes')
    await user.click(form.getByRole('button', { name: 'Schedule the call' }))
    expect(await form.findByText('Please fill this in.')).toBeInTheDocument()
    await user.type(form.getByLabelText('Not before'), '2026-12-01T10:30')
    await user.click(form.getByRole('button', { name: 'Schedule the call' }))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]).toMatchObject({
      not_before: new Date(2026, 11, 1, 10, 30).getTime(),
      max_attempts: 3,
      retry_after_s: 900,
    })
  })

  it('that is forbidden says so at its number, with what to do', async () => {
    ordered()
    server.use(taking('post', '/api/calls', [], () => problem(409, 'forbidden-number', 'no')))
    const { user } = renderApp({ path: '/outbound' })
    const form = await openForm(user)
    await user.click(form.getByRole('button', { name: 'Call' }))
    await waitFor(() =>
      expect(form.getByLabelText('Number to call')).toHaveAccessibleDescription(/VICTORIA_DIAL_PREFIXES/),
    )
  })

  it.each([
    ['calls-per-minute', /VICTORIA_DIAL_CALLS_PER_MINUTE/],
    ['calls-at-once', /Wait for one to end/],
    ['minutes-per-day', /Tomorrow there are new ones/],
  ])('beyond a limit (%s) says which and what to do', async (code, words) => {
    ordered()
    server.use(taking('post', '/api/calls', [], () => problem(429, code, 'no')))
    const { user } = renderApp({ path: '/outbound', language: 'en' })
    const form = await openForm(user)
    await user.click(form.getByRole('button', { name: 'Call' }))
    expect(await form.findByRole('alert')).toHaveTextContent(words)
  })

  it('needs to know from which number, if the server cannot tell', async () => {
    const errors = [{ field: 'from', message: 'which' }]
    ordered()
    server.use(taking('post', '/api/calls', [], () => problem(422, 'no-line', 'no', errors)))
    const { user } = renderApp({ path: '/outbound' })
    const form = await openForm(user)
    await user.click(form.getByRole('button', { name: 'Call' }))
    await waitFor(() =>
      expect(form.getByLabelText('Our number')).toHaveAccessibleDescription(/choose which one calls/),
    )
  })
})

describe('the ordered calls', () => {
  it('say how far they have come, and why', async () => {
    const attempt = { at: 0, outcome: 'completed', cause: '', answered_at: 0, ended_at: 0 } as const
    ordered([
      anOrder({ id: '1', status: 'refused', cause: 'number-refused' }),
      anOrder({ id: '2', status: 'failed', cause: 'something-new' }),
      anOrder({
        id: '3',
        status: 'completed',
        call_id: 'call-9',
        max_attempts: 3,
        attempts: [{ ...attempt, answerer: 'machine' }],
      }),
    ])
    renderApp({ path: '/outbound' })
    const [refused, failed, completed] = within(
      await screen.findByRole('list', { name: 'Ordered calls' }),
    ).getAllByRole('listitem')
    expect(refused).toHaveTextContent(/refused.*the carrier does not call this number/)
    expect(failed).toHaveTextContent('something-new')
    expect(completed).toHaveTextContent(/answered.*attempt 1 of 3.*an answering machine/)
    expect(screen.getByRole('link', { name: /To the call/ })).toHaveAttribute('href', '/calls/call-9')
    expect(screen.queryByRole('button', { name: /^Cancel/ })).not.toBeInTheDocument()
  })

  it('can be cancelled, and say when it is too late', async () => {
    ordered([anOrder({ status: 'ringing' }), anOrder({ id: 'order-2', to: '+34600000010' })])
    server.use(
      taking('delete', '/api/calls/order-1', [], () => problem(409, 'call-live', 'no')),
      taking('delete', '/api/calls/order-2', [], () =>
        HttpResponse.json(
          anOrder({ id: 'order-2', to: '+34600000010', status: 'cancelled', cause: 'cancelled' }),
        ),
      ),
    )
    const { user } = renderApp({ path: '/outbound' })
    await user.click(await screen.findByRole('button', { name: 'Cancel the call to +34600000010' }))
    expect(await screen.findByText('cancelled')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Cancel the call to +34600000009' }))
    expect(await screen.findByText('Too late: somebody is speaking already.')).toBeInTheDocument()
  })

  it('lead to a number when there is none to call from', async () => {
    server.use(...telephoneRoutes(), answer('/api/calls', { items: [], next_cursor: null }))
    renderApp({ path: '/outbound' })
    expect(await screen.findByRole('link', { name: 'To the phone numbers' })).toHaveAttribute(
      'href',
      '/settings/numbers',
    )
    expect(screen.queryByRole('button', { name: 'Call a number' })).not.toBeInTheDocument()
  })

  it('are accessible, the form too', async () => {
    ordered([anOrder()])
    const { user } = renderApp({ path: '/outbound' })
    await openForm(user)
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
