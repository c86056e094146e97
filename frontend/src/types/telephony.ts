/** What the routes of telephones say and expect. Times are Unix milliseconds, numbers E.164. */
import type { components } from './generated/api'

type Schemas = components['schemas']

/** One of our numbers, and who answers it; without `language` the agent speaks its own. */
export type PhoneLine = Schemas['PhoneLine']
export type PhoneLineDraft = Schemas['PhoneLineDraft']

/** Who brings the calls, what to enter there, and which of the server's settings it lacks. */
export type Carrier = Schemas['Carrier']

/** Limits of backend/domain/entities/phone_line.py. */
export const LINE_LIMITS = { label: 80 } as const

/** A call that an agent is to place, and what has become of it. */
export type OutboundCall = Schemas['OutboundCall']
export type OutboundCallDraft = Schemas['OutboundCallDraft']
export type OutboundStatus = Schemas['OutboundStatus']
export type OutboundPage = Schemas['OutboundCallList']

/** Many calls with one purpose. */
export type Campaign = Omit<Schemas['Campaign'], 'counts'> & {
  counts: Partial<Record<OutboundStatus, number>>
}
export type CampaignDraft = Schemas['CampaignDraft']
export type CampaignPreview = Schemas['CampaignPreview']
export type CampaignStatus = Schemas['CampaignStatus']

/** What can be done with a campaign that is not over. */
export type CampaignStep = 'pause' | 'resume' | 'stop'

/** Limits of backend/domain/entities/campaign.py and interfaces/http/schemas/campaigns.py. */
export const CAMPAIGN_LIMITS = {
  name: 80,
  csv: 900_000,
  calls_per_minute: { min: 1, max: 600 },
  at_once: { min: 1, max: 1_000 },
} as const

/** Limits of backend/domain/entities/outbound_call.py. */
export const ORDER_LIMITS = { attempts: 5, retry_after_s: { min: 30, max: 86_400 } } as const

const OPEN: readonly OutboundStatus[] = ['scheduled', 'dialling', 'ringing', 'live']

/** Whether something can still become of an order. */
export function isOpen(status: OutboundStatus): boolean {
  return OPEN.includes(status)
}
