/** A telephone in a few lines, for tests. */
import { agentRoutes, anAgent, answer } from '@/testing/api'
import type { Agent } from '@/types'
import type { Carrier, PhoneLine } from '@/types/telephony'

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
