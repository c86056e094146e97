import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { anAgent, answer, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { aKey, anAccount, settingsRoutes, taking } from '@/testing/settings'

describe('provider accounts', () => {
  it('are made of what their kind asks for', async () => {
    const sent: unknown[] = []
    server.use(
      ...settingsRoutes(),
      taking('post', '/api/config/providers', sent, () => HttpResponse.json(anAccount(), { status: 201 })),
    )
    const { user } = renderApp({ path: '/settings' })
    await waitFor(() => expect(screen.getByRole('button', { name: 'Add an account' })).toBeEnabled())
    await user.click(screen.getByRole('button', { name: 'Add an account' }))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Please fill this in.')).toBeInTheDocument()
    expect(screen.getByText('Please enter the key.')).toBeInTheDocument()
    await user.type(screen.getByLabelText('Model'), 'large')
    await user.type(screen.getByLabelText('API key'), 'sk-1')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('The account chat was saved.')).toBeInTheDocument()
    expect(sent).toEqual([{ id: 'chat', kind: 'chat', settings: { model: 'large' }, key: 'sk-1' }])
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  })

  it('keep their key when only the model changes, and never show it', async () => {
    const sent: unknown[] = []
    server.use(
      ...settingsRoutes({ accounts: [anAccount()] }),
      taking('put', '/api/config/providers/chat', sent, () => HttpResponse.json(anAccount({ version: 4 }))),
    )
    const { user } = renderApp({ path: '/settings' })
    await user.click(await screen.findByRole('button', { name: 'Edit chat' }))
    expect(screen.getByLabelText('API key')).toHaveValue('')
    await user.clear(screen.getByLabelText('Model'))
    await user.type(screen.getByLabelText('Model'), 'small')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toEqual([{ kind: 'chat', settings: { model: 'small' }, version: 3 }]))
  })

  it('need their key again when they move', async () => {
    server.use(...settingsRoutes({ accounts: [anAccount()] }))
    const { user } = renderApp({ path: '/settings' })
    await user.click(await screen.findByRole('button', { name: 'Edit chat' }))
    await user.type(screen.getByLabelText('Address (optional)'), 'https://elsewhere.example')
    expect(screen.getByText(/The address has changed/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Please enter the key.')).toBeInTheDocument()
    expect(screen.getByLabelText('API key')).toBeInvalid()
  })

  it('say in words why they do not work', async () => {
    const failed = { ok: false, code: 'auth-failed', detail: 'Incorrect API key', elapsed_ms: 80 }
    server.use(
      ...settingsRoutes({ accounts: [anAccount()] }),
      taking('post', '/api/config/providers/chat/test', [], () => HttpResponse.json(failed)),
    )
    const { user } = renderApp({ path: '/settings', language: 'es' })
    await user.click(await screen.findByRole('button', { name: 'Probar chat' }))
    expect(await screen.findByText('El proveedor no acepta la clave.')).toBeInTheDocument()
    expect(screen.getByText('Incorrect API key')).toBeInTheDocument()
  })

  it('show what the server refuses at the field that it means', async () => {
    const errors = [{ field: 'settings.model', message: 'this must be one line' }]
    server.use(
      ...settingsRoutes(),
      taking('post', '/api/config/providers', [], () => problem(422, 'bad-field', 'no', errors)),
    )
    const { user } = renderApp({ path: '/settings' })
    await waitFor(() => expect(screen.getByRole('button', { name: 'Add an account' })).toBeEnabled())
    await user.click(screen.getByRole('button', { name: 'Add an account' }))
    await user.type(screen.getByLabelText('Model'), 'large')
    await user.type(screen.getByLabelText('API key'), 'sk-1')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('The server refuses this: this must be one line')).toBeInTheDocument()
    expect(screen.getByLabelText('Model')).toBeInvalid()
  })

  it('name the agents that would miss them', async () => {
    const agent = anAgent({ engines: { ...anAgent().engines, stt: ['chat', 'auto'] } })
    server.use(
      answer('/api/config/agents', { items: [agent] }),
      ...settingsRoutes({ accounts: [anAccount()] }),
    )
    const { user } = renderApp({ path: '/settings' })
    await user.click(await screen.findByRole('button', { name: 'Delete chat' }))
    expect(await screen.findByText(/need other engines: Reception/)).toBeInTheDocument()
  })

  it('can be asked for again when they could not be loaded', async () => {
    server.use(
      http.get(`${API}/api/config/providers`, () => problem(503, 'storage', 'locked')),
      ...settingsRoutes(),
    )
    const { user } = renderApp({ path: '/settings' })
    expect(await screen.findByRole('alert')).toHaveTextContent('Request req-1')
    server.use(...settingsRoutes({ accounts: [anAccount()] }))
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('button', { name: 'Test chat' })).toBeInTheDocument()
  })
})

describe('API keys', () => {
  it('are shown once, when they are made', async () => {
    const sent: unknown[] = []
    const made = { ...aKey({ id: 'key-2', name: 'Till' }), key: 'vk_secret' }
    server.use(
      ...settingsRoutes({ keys: [aKey({ current: true })] }),
      taking('post', '/api/config/keys', sent, () => HttpResponse.json(made, { status: 201 })),
    )
    const { user, store } = renderApp({ path: '/settings/keys' })
    await user.click(await screen.findByRole('button', { name: 'New key' }))
    await user.click(screen.getByRole('button', { name: 'Make the key' }))
    expect(await screen.findByText('Please fill this in.')).toBeInTheDocument()
    await user.type(screen.getByLabelText('Name'), 'Till')
    await user.click(screen.getByRole('button', { name: 'Make the key' }))
    expect(await screen.findByLabelText('The key “Till”')).toHaveValue('vk_secret')
    expect(sent).toEqual([{ name: 'Till' }])
    expect(JSON.stringify(store.getState())).not.toContain('vk_secret')
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toBe('vk_secret')
    await user.click(screen.getByRole('button', { name: 'I have stored it' }))
    expect(screen.queryByDisplayValue('vk_secret')).not.toBeInTheDocument()
    expect(screen.getByText('Till')).toBeInTheDocument()
  })

  it('are revoked after a question', async () => {
    const sent: unknown[] = []
    server.use(
      ...settingsRoutes({ keys: [aKey()] }),
      taking('delete', '/api/config/keys/key-1', sent, () => new HttpResponse(null, { status: 204 })),
    )
    const { user } = renderApp({ path: '/settings/keys' })
    await user.click(await screen.findByRole('button', { name: 'Revoke Booking system' }))
    expect(sent).toEqual([])
    server.use(answer('/api/config/keys', { items: [aKey({ revoked_at: 1 })] }))
    await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Revoke' }))
    expect(await screen.findByText('revoked')).toBeInTheDocument()
    expect(sent).toHaveLength(1)
  })

  it('keep their last one, and say why', async () => {
    server.use(
      ...settingsRoutes({ keys: [aKey({ current: true })] }),
      taking('delete', '/api/config/keys/key-1', [], () => problem(409, 'last-key', 'last')),
    )
    const { user } = renderApp({ path: '/settings/keys' })
    await user.click(await screen.findByRole('button', { name: 'Revoke Booking system' }))
    expect(screen.getByText(/you will be logged out/)).toBeInTheDocument()
    await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Revoke' }))
    expect(await screen.findByText(/the last good key/)).toBeInTheDocument()
    expect(screen.getByText('Request req-1')).toBeInTheDocument()
  })
})

describe('retention', () => {
  it('asks before it deletes what was to be kept', async () => {
    const sent: unknown[] = []
    const next = { days: 90, recordings_days: 30 }
    server.use(
      ...settingsRoutes({ retention: { days: null, recordings_days: 30 } }),
      taking('put', '/api/config/retention', sent, () => HttpResponse.json(next)),
    )
    const { user } = renderApp({ path: '/settings/retention' })
    await user.type(await screen.findByLabelText('Calls and transcripts, in days'), '90')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    const question = await screen.findByRole('alertdialog')
    expect(sent).toEqual([])
    await user.click(within(question).getByRole('button', { name: 'Save and delete' }))
    expect(await screen.findByText('Saved.')).toBeInTheDocument()
    expect(sent).toEqual([next])
  })

  it.each([
    ['0', '', 'A whole number from 1 to 3650, or nothing.'],
    ['1.5', '', 'A whole number from 1 to 3650, or nothing.'],
    ['7', '30', 'A recording cannot be kept longer than its call.'],
  ])('refuses %j days with recordings of %j', async (days, recordings, reason) => {
    server.use(...settingsRoutes())
    const { user } = renderApp({ path: '/settings/retention' })
    await user.type(await screen.findByLabelText('Calls and transcripts, in days'), days)
    if (recordings !== '') await user.type(screen.getByLabelText('Recordings, in days'), recordings)
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(reason)).toBeInTheDocument()
  })
})

describe('the sections', () => {
  it('have addresses, and change language and theme', async () => {
    server.use(...settingsRoutes())
    const { user, router } = renderApp({ path: '/settings' })
    await user.click(await screen.findByRole('tab', { name: 'Browser' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/settings/look'))
    await user.click(await screen.findByRole('radio', { name: 'Dark' }))
    expect(document.documentElement.dataset.theme).toBe('dark')
    await user.click(screen.getByRole('radio', { name: 'Español' }))
    expect(await screen.findByRole('heading', { name: 'Ajustes' })).toBeInTheDocument()
  })
})
