import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { agentRoutes, anAgent, API, answer, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'

const refusing = http.get(`${API}/api/session`, () => problem(401, 'unauthorized', 'unknown key'))

describe('who has not shown a key', () => {
  it('logs in where they are, and sees the page they asked for', async () => {
    server.use(...agentRoutes([anAgent()]))
    const { user, router, credentials } = renderApp({ path: '/agents', apiKey: null })
    await user.type(await screen.findByLabelText('API key'), 'vk_good')
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(await screen.findByRole('heading', { name: 'Reception' })).toBeInTheDocument()
    expect(router.state.location.pathname).toBe('/agents')
    expect(credentials.read()).toBe('vk_good')
  })

  it('is told that the key is unknown', async () => {
    server.use(refusing)
    const { user } = renderApp({ apiKey: null })
    await user.type(await screen.findByLabelText('API key'), 'vk_bad')
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(await screen.findByText('The server does not accept this key.')).toBeInTheDocument()
    expect(screen.getByLabelText('API key')).toBeInvalid()
  })

  it('is asked for a key when there is none', async () => {
    const { user } = renderApp({ apiKey: null })
    await user.click(await screen.findByRole('button', { name: 'Log in' }))
    expect(screen.getByText('Please enter the API key.')).toBeInTheDocument()
  })

  it('can try again when the server could not be reached', async () => {
    server.use(http.get(`${API}/api/session`, () => HttpResponse.error()))
    const { user } = renderApp()
    expect(await screen.findByRole('alert')).toHaveTextContent('The server does not answer')
    server.use(...agentRoutes([anAgent()]))
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: 'Talk' })).toBeInTheDocument()
  })
})

describe('whose key expires in the middle of something', () => {
  it('logs in again and finds what was typed', async () => {
    server.use(...agentRoutes([anAgent()]))
    const { user, router } = renderApp({ path: '/agents/agent-1' })
    const name = await screen.findByLabelText('Name')
    await user.type(name, ' by night')
    const expired = () => problem(401, 'unauthorized', 'expired')
    server.use(http.put(`${API}/api/config/agents/agent-1`, expired), http.get(`${API}/api/session`, expired))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(/Your key has expired/)).toBeInTheDocument()
    expect(screen.queryByRole('heading', { name: 'Reception' })).not.toBeInTheDocument()

    await user.type(screen.getByLabelText('API key'), 'vk_bad')
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(await screen.findByText('The server does not accept this key.')).toBeInTheDocument()
    server.use(...agentRoutes([anAgent()]))
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    await waitFor(() => expect(screen.getByDisplayValue('Reception by night')).toBeVisible())
    expect(router.state.location.pathname).toBe('/agents/agent-1')
  })
})

describe('who logs out', () => {
  it('leaves nothing of theirs behind', async () => {
    server.use(...agentRoutes([anAgent({ name: 'Secret agent' })]))
    const { user, store } = renderApp({ path: '/agents' })
    await screen.findByText('Secret agent')
    await user.click(screen.getByRole('button', { name: 'Log out' }))
    expect(await screen.findByLabelText('API key')).toBeVisible()
    expect(JSON.stringify(store.getState())).not.toContain('Secret agent')
  })
})

describe('the shell', () => {
  it('speaks the chosen language, and remembers it', async () => {
    server.use(...agentRoutes([anAgent()]))
    const { user } = renderApp()
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Language' }), 'es')
    expect(await screen.findByRole('heading', { name: 'Hablar' })).toBeInTheDocument()
    expect(document.documentElement.lang).toBe('es')
    expect(window.localStorage.getItem('victoria.language')).toBe('es')
  })

  it('wears the chosen theme', async () => {
    server.use(...agentRoutes([anAgent()]))
    const { user } = renderApp()
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Theme' }), 'dark')
    expect(document.documentElement.dataset.theme).toBe('dark')
  })

  it('says when there is no network', async () => {
    server.use(...agentRoutes([anAgent()]))
    renderApp()
    await screen.findByRole('heading', { name: 'Talk' })
    const online = Object.getOwnPropertyDescriptor(Navigator.prototype, 'onLine')
    Object.defineProperty(window.navigator, 'onLine', { value: false, configurable: true })
    window.dispatchEvent(new Event('offline'))
    expect(await screen.findByText(/No network/)).toBeInTheDocument()
    if (online) Object.defineProperty(window.navigator, 'onLine', { ...online, configurable: true })
  })

  it('sends a newcomer without agents to create one', async () => {
    server.use(...agentRoutes([]))
    const { user, router } = renderApp()
    await user.click(await screen.findByRole('link', { name: 'Create an agent' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/agents/new'))
  })

  it('has an answer for addresses that do not exist', async () => {
    server.use(answer('/api/session', {}))
    renderApp({ path: '/nowhere' })
    expect(await screen.findByText('There is nothing at this address.')).toBeInTheDocument()
  })
})
