import { CAMPAIGN_LIMITS, type CampaignDraft } from '@/types/telephony'
import * as z from '@/zod'

const S_PER_MIN = 60

/** ISO 8601: 1 is Monday. */
export const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const

/** A whole number as it is typed. */
const count = ({ min, max }: { min: number; max: number }) =>
  z.string().refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, 'outOfRange')

const time = z.string().min(1, 'required')

export const campaignSchema = z
  .object({
    name: z.string().trim().min(1, 'required').max(CAMPAIGN_LIMITS.name, 'tooLong'),
    agent_id: z.string().min(1, 'required'),
    /** Empty: the server chooses. */
    from: z.string(),
    zone: z.string().min(1, 'required'),
    weekdays: z.array(z.string()).min(1, 'noWeekday'),
    opens: time,
    /** `00:00` is the end of the day. */
    closes: time,
    calls_per_minute: count(CAMPAIGN_LIMITS.calls_per_minute),
    at_once: count(CAMPAIGN_LIMITS.at_once),
    max_attempts: z.string(),
    retry_min: z.string(),
  })
  .refine(({ opens, closes }) => opens < endOfDay(closes), { path: ['closes'], message: 'closesFirst' })

export type CampaignValues = z.infer<typeof campaignSchema>

/** What the form starts with: decent hours where the person is. */
export function newCampaign(agentId: string): CampaignValues {
  return {
    name: '',
    agent_id: agentId,
    from: '',
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    weekdays: ['1', '2', '3', '4', '5'],
    opens: '09:00',
    closes: '20:00',
    calls_per_minute: '10',
    at_once: '5',
    max_attempts: '1',
    retry_min: '60',
  }
}

/** What to send. */
export function campaignDraft(values: CampaignValues, csv: string): CampaignDraft {
  return {
    name: values.name.trim(),
    agent_id: values.agent_id,
    from: values.from === '' ? null : values.from,
    csv,
    hours: {
      zone: values.zone,
      weekdays: values.weekdays.map(Number),
      from: values.opens,
      to: endOfDay(values.closes),
    },
    calls_per_minute: Number(values.calls_per_minute),
    at_once: Number(values.at_once),
    max_attempts: Number(values.max_attempts),
    retry_after_s: Number(values.retry_min) * S_PER_MIN,
  }
}

/** Every time zone that the browser knows, `own` among them whatever the browser calls it. */
export function zones(own: string): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return known.includes(own) ? known : [own, ...known]
}

function endOfDay(time: string): string {
  return time === '00:00' ? '24:00' : time
}
