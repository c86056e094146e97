/** A telephone in a few lines, for tests. */
import { agentRoutes, anAgent, answer } from '@/testing/api'
import type { Agent } from '@/types'
import type { Campaign, Carrier, OutboundCall, PhoneLine } from '@/types/telephony'

export const TWILIO: Carrier = {
  name: 'twilio',
  configured: true,
  webhook_url: 'https://voice.example/webhook/twilio/voice',
  status_url: 'https://voice.example/webhook/twilio/status',
  missing: [],
}

/** A carrier that lacks everything. */
export const TELNYX: Carrier = {
  name: 'telnyx',
  configured: false,
  webhook_url: null,
  status_url: null,
  missing: ['VICTORIA_TELNYX_API_KEY', 'VICTORIA_SOMETHING_NEW'],
}

export function aLine(change: Partial<PhoneLine> = {}): PhoneLine {
  return {
    id: 'line-1',
    number: '+34600000001',
    carrier: 'twilio',
    agent_id: 'agent-1',
    label: '',
    language: null,
    created_at: 0,
    updated_at: 0,
    ...change,
  }
}

interface Connected {
  lines?: PhoneLine[]
  carriers?: Carrier[]
  agents?: Agent[]
}

/** The routes of a server with these numbers and carriers. */
export function telephoneRoutes({ lines = [], carriers, agents }: Connected = {}) {
  return [
    ...agentRoutes(agents ?? [anAgent()]),
    answer('/api/config/numbers', { items: lines }),
    answer('/api/config/carriers', { items: carriers ?? [TELNYX, TWILIO] }),
  ]
}

export function anOrder(change: Partial<OutboundCall> = {}): OutboundCall {
  return {
    id: 'order-1',
    status: 'scheduled',
    cause: '',
    agent_id: 'agent-1',
    to: '+34600000009',
    from: '+34600000001',
    variables: {},
    due_at: null,
    max_attempts: 1,
    retry_after_s: 300,
    attempts: [],
    call_id: null,
    campaign_id: null,
    idempotency_key: null,
    created_at: Date.UTC(2026, 10, 22, 10, 30),
    ...change,
  }
}

export function aCampaign(change: Partial<Campaign> = {}): Campaign {
  return {
    id: 'campaign-1',
    name: 'Reminders',
    status: 'running',
    agent_id: 'agent-1',
    from: '+34600000001',
    hours: { zone: 'Europe/Madrid', weekdays: [1, 2], from: '09:00', to: '20:00' },
    calls_per_minute: 10,
    at_once: 5,
    max_attempts: 1,
    retry_after_s: 3_600,
    counts: { completed: 3, scheduled: 7 },
    total: 10,
    created_at: Date.UTC(2026, 10, 22, 10, 30),
    updated_at: Date.UTC(2026, 10, 22, 10, 30),
    ...change,
  }
}
