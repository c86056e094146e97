import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { blanksIn } from '@/components/features/Config/blanks'
import { settingDifferences } from '@/components/features/Config/draftDiff'
import { settingLabel } from '@/components/features/Config/settingLabels'
import { agentRoutes, anAgent, answer, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { taking } from '@/testing/settings'
import type { AgentDraft } from '@/types'

const PATH = '/agents/agent-1'
const TELEPHONE = anAgent().telephone

function openSection(sent: unknown[] = [], agent = anAgent()) {
  server.use(
    ...agentRoutes([agent]),
    answer('/api/config/agents/agent-1/versions', { items: [] }),
    taking('put', '/api/config/agents/agent-1', sent, () => HttpResponse.json({ ...agent, version: 2 })),
  )
  const { user } = renderApp({ path: PATH })
  return { user }
}

type User = ReturnType<typeof renderApp>['user']

/** Enter a text in one go: the form is long, and typing takes its time. */
async function write(user: User, field: HTMLElement, text: string) {
  await user.click(field)
  await user.paste(text)
}

describe('an agent on the telephone', () => {
  it('puts callers through to those whom its owner names', async () => {
    const sent: unknown[] = []
    const { user } = openSection(sent)
    await user.click(await screen.findByRole('button', { name: 'Add somebody' }))
    const section = within(screen.getByRole('group', { name: 'Number 1' }))
    await write(user, section.getByLabelText('Number'), '+34 600 000 009')
    await write(user, section.getByLabelText('When'), 'invoices')
    await user.click(section.getByRole('switch', { name: 'Tell them first' }))
    await write(user, section.getByLabelText('Name'), 'Accounts')
    expect(screen.getByRole('group', { name: 'Accounts' })).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect((sent[0] as AgentDraft).telephone).toEqual({
      ...TELEPHONE,
      destinations: [{ name: 'Accounts', number: '+34600000009', description: 'invoices', warm: true }],
    })
  })

  it('says what is wrong with a number, and where', async () => {
    const { user } = openSection()
    await user.click(await screen.findByRole('button', { name: 'Add somebody' }))
    const section = within(screen.getByRole('group', { name: 'Number 1' }))
    await write(user, section.getByLabelText('Number'), '600 1')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await section.findByText(/^Begin with \+/)).toBeInTheDocument()
    expect(section.getByText('Please fill this in.')).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Please check: On the telephone' })).toBeInTheDocument()
  })

  it('leaves a message only if it has one', async () => {
    const sent: unknown[] = []
    const { user } = openSection(sent)
    await user.click(await screen.findByRole('radio', { name: 'Leave a message' }))
    expect(screen.getByText(/waits for the end of the greeting/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('To leave a message, write what it says.')).toBeInTheDocument()
    expect(sent).toEqual([])
    await write(user, screen.getByLabelText('Message for the machine'), 'Please call back.')
    await user.selectOptions(screen.getByLabelText('Key that ends a number'), 'None')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect((sent[0] as AgentDraft).telephone).toEqual({
      ...TELEPHONE,
      on_machine: 'leave_message',
      voicemail: 'Please call back.',
      keypad: { end_key: '', pause_ms: 2_500 },
    })
  })

  it('calls no two people by the same name', async () => {
    const accounts = { name: 'Accounts', number: '+34600000009', description: '', warm: false }
    const destinations = [accounts, { ...accounts, name: 'accounts ' }]
    const sent: unknown[] = []
    const { user } = openSection(sent, anAgent({ telephone: { ...TELEPHONE, destinations } }))
    await write(user, await screen.findByLabelText('Announcement'), 'Hello.')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Another one has this name already.')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Remove Accounts' }))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect((sent[0] as AgentDraft).telephone.destinations).toEqual(
      [accounts].map((one) => ({ ...one, name: 'accounts' })),
    )
  })

  it('shows what the server refuses at its field', async () => {
    const errors = [{ field: 'body.telephone.announcement', message: 'it has a bell' }]
    server.use(
      ...agentRoutes([anAgent()]),
      answer('/api/config/agents/agent-1/versions', { items: [] }),
      taking('put', '/api/config/agents/agent-1', [], () => problem(422, 'validation', 'no', errors)),
    )
    const { user } = renderApp({ path: PATH })
    await write(user, await screen.findByLabelText('Announcement'), 'Ding.')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(screen.getByLabelText('Announcement')).toHaveAccessibleDescription(/it has a bell/),
    )
  })

  it('is accessible with somebody to put callers through to', async () => {
    const destinations = [{ name: 'Accounts', number: '+34600000009', description: '', warm: true }]
    openSection(
      [],
      anAgent({
        telephone: { ...TELEPHONE, destinations, on_machine: 'leave_message', voicemail: 'Hello.' },
      }),
    )
    await screen.findByRole('group', { name: 'Accounts' })
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})

describe('the telephone in an agent’s past', () => {
  it('is told apart setting by setting, each by its name in the form', () => {
    const before = anAgent()
    const after = anAgent({
      telephone: {
        ...TELEPHONE,
        announcement: 'Hello.',
        destinations: [{ name: 'Accounts', number: '+34600000009', description: '', warm: false }],
        on_machine: 'continue',
        voicemail: 'Bye.',
        keypad: { end_key: '*', pause_ms: 1_000 },
      },
    })
    const found = settingDifferences(before, after)
    expect(found.map(({ path }) => path)).toEqual([
      'telephone.announcement',
      'telephone.destinations',
      'telephone.on_machine',
      'telephone.voicemail',
      'telephone.keypad.end_key',
      'telephone.keypad.pause_ms',
    ])
    expect(found.map(({ path }) => settingLabel(path))).not.toContain(null)
  })
})

describe('blanks', () => {
  it('are not what every call fills in by itself', () => {
    expect(blanksIn('It is {{ weekday }}, {{opening hours}}, {{first_name}}')).toEqual([
      'opening hours',
      'first_name',
    ])
  })
})
