import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { campaignSchema, newCampaign } from '@/components/features/Telephone/campaigns/campaignSchema'
import { anAgent, answer, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { taking } from '@/testing/settings'
import { aCampaign, aLine, anOrder, telephoneRoutes } from '@/testing/telephony'
import type { CampaignPreview } from '@/types/telephony'

const GOOD: CampaignPreview = {
  contacts: 2,
  duplicates: 1,
  columns: ['first_name', 'town'],
  sample: [{ number: '+34600000009', variables: { first_name: 'Ana', town: 'Lugo' } }],
  errors: [],
  wrong: 0,
}
const CSV = new File(['number;first_name;town\n+34600000009;Ana;Lugo\n'], 'people.csv', { type: 'text/csv' })

/** A server that finds `preview` in any list; what it was asked to make is pushed to `sent`. */
function makingCampaigns(preview: CampaignPreview, sent: unknown[] = []) {
  const prompt = 'You remind {{first_name}} of {{appointment}}.'
  server.use(
    ...telephoneRoutes({ lines: [aLine()], agents: [anAgent({ prompt })] }),
    answer('/api/campaigns/campaign-1', aCampaign()),
    answer('/api/campaigns/campaign-1/calls', { items: [], next_cursor: null }),
    http.post(`${API}/api/campaigns`, async ({ request }) => {
      if (new URL(request.url).searchParams.get('dry_run') === 'true') return HttpResponse.json(preview)
      sent.push(await request.json())
      return HttpResponse.json(aCampaign(), { status: 201 })
    }),
  )
}

describe('a campaign', () => {
  it('begins once its list was looked at and the person has confirmed', async () => {
    const sent: unknown[] = []
    makingCampaigns(GOOD, sent)
    const { user, router } = renderApp({ path: '/outbound/campaigns/new' })
    const start = await screen.findByRole('button', { name: 'Start the campaign' })
    expect(start).toBeDisabled()
    await user.upload(screen.getByLabelText('Choose a file'), CSV)
    expect(await screen.findByText(/2 people to call\. 1 was in the list twice/)).toBeInTheDocument()
    expect(screen.getByText(/name appointment, but no column is called that/)).toBeInTheDocument()
    expect(screen.getByRole('columnheader', { name: 'first_name used' })).toBeInTheDocument()
    expect(screen.getByRole('columnheader', { name: 'town' })).toBeInTheDocument()
    await user.click(screen.getByLabelText('Name'))
    await user.paste('Reminders')
    await user.selectOptions(screen.getByLabelText('Time zone'), 'Europe/Madrid')
    await user.click(screen.getByLabelText('Saturday'))
    await user.click(start)
    expect(sent).toEqual([])
    const question = within(await screen.findByRole('alertdialog', { name: 'Call 2 people?' }))
    await user.click(question.getByRole('button', { name: 'Start the campaign' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/outbound/campaigns/campaign-1'))
    expect(sent).toEqual([
      {
        name: 'Reminders',
        agent_id: 'agent-1',
        from: null,
        csv: 'number;first_name;town\n+34600000009;Ana;Lugo\n',
        hours: { zone: 'Europe/Madrid', weekdays: [1, 2, 3, 4, 5, 6], from: '09:00', to: '20:00' },
        calls_per_minute: 10,
        at_once: 5,
        max_attempts: 1,
        retry_after_s: 3_600,
      },
    ])
  })

  it('does not begin with a list in which something is wrong, and says what in which line', async () => {
    const errors = [
      { line: 2, code: 'bad-number', reason: 'x' },
      { line: 1_234, code: 'something-new', reason: 'the moon is full' },
    ]
    makingCampaigns({ ...GOOD, errors, wrong: 30 })
    const { user } = renderApp({ path: '/outbound/campaigns/new' })
    await user.upload(await screen.findByLabelText('Choose a file'), CSV)
    const complaint = await screen.findByRole('alert')
    expect(complaint).toHaveTextContent('30 lines cannot be used')
    expect(complaint).toHaveTextContent(/Line 2: a number is written with \+/)
    expect(complaint).toHaveTextContent('Line 1,234: the moon is full')
    expect(complaint).toHaveTextContent('and 28 more')
    expect(screen.getByRole('button', { name: 'Start the campaign' })).toBeDisabled()
  })

  it('has its list looked at again when it is to be called from another number', async () => {
    makingCampaigns(GOOD)
    server.use(
      http.post(`${API}/api/campaigns`, async ({ request }) => {
        const { from } = (await request.json()) as { from: string | null }
        return from === null ? problem(422, 'no-line', 'there is none') : HttpResponse.json(GOOD)
      }),
    )
    const { user } = renderApp({ path: '/outbound/campaigns/new' })
    await user.upload(await screen.findByLabelText('Choose a file'), CSV)
    expect(await screen.findByRole('alert')).toHaveTextContent('choose')
    await user.selectOptions(screen.getByLabelText('Our number'), aLine().number)
    await waitFor(() => expect(screen.getByRole('button', { name: 'Start the campaign' })).toBeEnabled())
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('takes no file that is not in UTF-8', async () => {
    makingCampaigns(GOOD)
    const { user } = renderApp({ path: '/outbound/campaigns/new' })
    const latin = new File([new Uint8Array([110, 250, 109])], 'old.csv', { type: 'text/csv' })
    await user.upload(await screen.findByLabelText('Choose a file'), latin)
    expect(await screen.findByText(/save it as “CSV UTF-8”/)).toBeInTheDocument()
  })

  it('is accessible while it is made', async () => {
    makingCampaigns(GOOD)
    const { user } = renderApp({ path: '/outbound/campaigns/new' })
    await user.upload(await screen.findByLabelText('Choose a file'), CSV)
    await screen.findByRole('table')
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})

describe('a campaign’s hours', () => {
  const values = { ...newCampaign('agent-1'), name: 'Reminders' }

  it.each([
    ['09:00', '20:00', true],
    ['09:00', '00:00', true], // the end of the day
    ['20:00', '09:00', false],
    ['09:00', '09:00', false],
  ])('from %s until %s', (opens, closes, isGood) => {
    expect(campaignSchema.safeParse({ ...values, opens, closes }).success).toBe(isGood)
  })

  it('have a day', () => {
    expect(campaignSchema.safeParse({ ...values, weekdays: [] }).success).toBe(false)
  })
})

describe('a campaign under way', () => {
  function running(steps: unknown[] = []) {
    server.use(
      ...telephoneRoutes(),
      answer('/api/campaigns', { items: [aCampaign()] }),
      answer('/api/campaigns/campaign-1', aCampaign()),
      answer('/api/campaigns/campaign-1/calls', { items: [anOrder()], next_cursor: null }),
      taking('post', '/api/campaigns/campaign-1/pause', steps, () =>
        HttpResponse.json(aCampaign({ status: 'paused' })),
      ),
      taking('post', '/api/campaigns/campaign-1/stop', steps, () =>
        HttpResponse.json(aCampaign({ status: 'stopped', counts: { completed: 3, cancelled: 7 } })),
      ),
    )
  }

  it('is found in the list, with how far it has come', async () => {
    running()
    const { user } = renderApp({ path: '/outbound/campaigns' })
    expect(await screen.findByText('3 of 10')).toBeInTheDocument()
    await user.click(screen.getByRole('link', { name: 'Reminders' }))
    expect(await screen.findByRole('heading', { name: 'Reminders running' })).toBeInTheDocument()
    expect(screen.getByText('09:00–20:00').closest('dd')).toHaveTextContent(/^Mon, Tue 09:00–20:00/)
    expect(await screen.findByText('+34600000009')).toBeInTheDocument()
  })

  it('is paused at once, and stopped after a question', async () => {
    const steps: unknown[] = []
    running(steps)
    const { user } = renderApp({ path: '/outbound/campaigns/campaign-1' })
    await user.click(await screen.findByRole('button', { name: 'Pause' }))
    expect(await screen.findByRole('button', { name: 'Go on' })).toBeInTheDocument()
    expect(steps).toHaveLength(1)
    await user.click(screen.getByRole('button', { name: 'Stop' }))
    const question = within(await screen.findByRole('alertdialog', { name: 'Stop “Reminders”?' }))
    await user.click(question.getByRole('button', { name: 'Stop' }))
    expect(await screen.findByRole('heading', { name: 'Reminders stopped' })).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Go on' })).not.toBeInTheDocument()
    expect(steps).toHaveLength(2)
  })

  it.each([
    ['running', /due Nov 23, 9:00/],
    ['paused', /due once the campaign goes on/],
  ] as const)('that is %s says when it calls whom it could not call yet', async (status, words) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22, 11) }) // a Sunday
    onTestFinished(() => void vi.useRealTimers())
    const local = Intl.DateTimeFormat().resolvedOptions().timeZone
    const hours = { zone: local, weekdays: [1], from: '09:00', to: '20:00' }
    server.use(
      ...telephoneRoutes(),
      answer('/api/campaigns/campaign-1', aCampaign({ status, hours })),
      answer('/api/campaigns/campaign-1/calls', {
        items: [anOrder({ due_at: Date.UTC(2026, 10, 21, 11) })],
        next_cursor: null,
      }),
    )
    renderApp({ path: '/outbound/campaigns/campaign-1' })
    const calls = await screen.findByRole('list', { name: 'Ordered calls' })
    await waitFor(() => expect(calls).toHaveTextContent(words))
  })

  it('that does not exist says so', async () => {
    server.use(
      ...telephoneRoutes(),
      http.get(`${API}/api/campaigns/no`, () => problem(404, 'not-found', 'no')),
    )
    renderApp({ path: '/outbound/campaigns/no' })
    expect(await screen.findByText('This campaign does not exist, or not any more.')).toBeInTheDocument()
  })
})
