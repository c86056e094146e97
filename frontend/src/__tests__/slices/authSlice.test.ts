import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { browserCredentials, takeTokenFromAddress } from '@/services/credentials'
import { createServices } from '@/services/services'
import {
  logIn,
  logOut,
  resumeSession,
  selectAuthStatus,
  selectLoginProblem,
  selectSession,
} from '@/store/slices/authSlice'
import { fetchAgents } from '@/store/slices/configSlice'
import { createAppStore } from '@/store/store'
import { API, problem } from '@/testing/api'
import { server } from '@/testing/server'

const SESSION = { tenant: 'default', key: { id: 'k', name: 'first', created_at: 0 } }

/** A server that knows one key, and a console that may have another. */
function aStore(stored: string | null = null) {
  server.use(
    http.get(`${API}/api/session`, ({ request }) =>
      request.headers.get('X-API-Key') === 'right'
        ? HttpResponse.json(SESSION)
        : problem(401, 'unauthorized', 'unknown'),
    ),
  )
  const credentials = browserCredentials()
  if (stored !== null) credentials.write(stored)
  return { credentials, store: createAppStore(createServices(credentials)) }
}

describe('the session', () => {
  it('is being checked at first', () => {
    expect(selectAuthStatus(aStore().store.getState())).toBe('checking')
  })

  it('begins with a key that the server knows, and keeps it', async () => {
    const { store, credentials } = aStore()
    await store.dispatch(logIn('right'))
    expect(selectAuthStatus(store.getState())).toBe('authenticated')
    expect(selectSession(store.getState())).toEqual(SESSION)
    expect(credentials.read()).toBe('right')
  })

  it('does not begin with another key, which is forgotten', async () => {
    const { store, credentials } = aStore()
    await store.dispatch(logIn('wrong'))
    expect(selectAuthStatus(store.getState())).toBe('anonymous')
    expect(selectLoginProblem(store.getState())).toMatchObject({ status: 401, request_id: 'req-1' })
    expect(credentials.read()).toBeNull()
  })

  it('does not lose a good key to a bad one', async () => {
    const { store, credentials } = aStore('right')
    await store.dispatch(logIn('wrong'))
    expect(credentials.read()).toBe('right')
  })

  it('resumes with the key of the last visit', async () => {
    const { store } = aStore('right')
    await store.dispatch(resumeSession())
    expect(selectAuthStatus(store.getState())).toBe('authenticated')
  })

  it('asks nobody when there is no key', async () => {
    const { store } = aStore()
    await store.dispatch(resumeSession())
    expect(selectAuthStatus(store.getState())).toBe('anonymous')
    expect(selectLoginProblem(store.getState())).toBeNull()
  })

  it('ends when any request is refused for its key', async () => {
    const { store } = aStore('right')
    await store.dispatch(resumeSession())
    server.use(http.get(`${API}/api/config/agents`, () => problem(401, 'unauthorized', 'revoked')))
    await store.dispatch(fetchAgents())
    expect(selectAuthStatus(store.getState())).toBe('anonymous')
  })

  it('ends on log-out, and the key is forgotten', async () => {
    const { store, credentials } = aStore('right')
    await store.dispatch(resumeSession())
    await store.dispatch(logOut())
    expect(selectAuthStatus(store.getState())).toBe('anonymous')
    expect(credentials.read()).toBeNull()
  })
})

describe('the owner’s address', () => {
  it('gives the key once and loses it', () => {
    window.history.replaceState(null, '', '/calls?x=1#token=vk_secret')
    expect(takeTokenFromAddress(window.location, window.history)).toBe('vk_secret')
    expect(window.location.href).not.toContain('secret')
    expect(window.location.pathname + window.location.search).toBe('/calls?x=1')
    expect(takeTokenFromAddress(window.location, window.history)).toBeNull()
  })

  it('keeps a fragment that is none of our business', () => {
    window.history.replaceState(null, '', '/#content')
    expect(takeTokenFromAddress(window.location, window.history)).toBeNull()
    expect(window.location.hash).toBe('#content')
  })
})
