import { http } from 'msw'
import { agentRoutes, answer, anAgent, API, OPTIONS } from '@/testing/api'
import type { ApiKey, ProviderAccount, ProviderKind, Retention } from '@/types/settings'

/** A provider with an address of its own, that needs a key. */
export const CHAT: ProviderKind = {
  id: 'chat',
  name: 'Chat & Sons',
  ports: ['llm'],
  needs_key: true,
  fields: [
    { ...field('base_url'), type: 'url', default: 'https://chat.example', is_address: true },
    { ...field('model'), required: true },
  ],
}

/** One's own machine, which needs none. */
export const HOME: ProviderKind = {
  id: 'home',
  name: 'One’s own machine',
  ports: ['stt'],
  needs_key: false,
  fields: [{ ...field('base_url'), type: 'url', required: true, is_address: true }],
}

function field(name: string): ProviderKind['fields'][number] {
  return { name, type: 'text', required: false, default: '', choices: [], is_address: false }
}

export function anAccount(change: Partial<ProviderAccount> = {}): ProviderAccount {
  return {
    id: 'chat',
    kind: 'chat',
    settings: { model: 'large' },
    has_key: true,
    version: 3,
    created_at: 0,
    updated_at: 0,
    ...change,
  }
}

export function aKey(change: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'key-1',
    name: 'Booking system',
    prefix: 'vk_abcd',
    created_at: 0,
    last_used_at: null,
    expires_at: null,
    revoked_at: null,
    current: false,
    ...change,
  }
}

interface Settled {
  accounts?: ProviderAccount[]
  keys?: ApiKey[]
  retention?: Retention
}

/** The routes of a server with these settings, and one agent. */
export function settingsRoutes({ accounts = [], keys = [], retention }: Settled = {}) {
  return [
    ...agentRoutes([anAgent()], { ...OPTIONS, providers: [CHAT, HOME] }),
    answer('/api/config/providers', { items: accounts }),
    answer('/api/config/keys', { items: keys }),
    answer('/api/config/retention', retention ?? { days: null, recordings_days: null }),
  ]
}

/** A route that takes JSON; what it was sent is pushed to `sent`. */
export function taking(
  method: 'post' | 'put' | 'delete',
  path: string,
  sent: unknown[],
  reply: () => Response,
) {
  return http[method](`${API}${path}`, async ({ request }) => {
    const body = await request.text()
    sent.push(body === '' ? null : JSON.parse(body))
    return reply()
  })
}
