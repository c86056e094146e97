import * as z from '@/zod'
import type { Retention } from '@/types/settings'

const LONGEST_DAYS = 3_650

/** Days as they are typed; empty: for ever. */
const days = z
  .string()
  .trim()
  .refine((text) => text === '' || isDays(text), 'days')

export const retentionSchema = z.object({ days, recordings_days: days }).refine(
  ({ days: calls, recordings_days: recordings }) => {
    if (calls === '' || recordings === '' || !isDays(calls) || !isDays(recordings)) return true
    return Number(recordings) <= Number(calls)
  },
  { path: ['recordings_days'], message: 'longer' },
)

export type RetentionValues = z.infer<typeof retentionSchema>

function isDays(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_DAYS
}

export function retentionValues({ days: calls, recordings_days: recordings }: Retention): RetentionValues {
  return { days: calls?.toString() ?? '', recordings_days: recordings?.toString() ?? '' }
}

export function retentionOf({ days: calls, recordings_days: recordings }: RetentionValues): Retention {
  const number = (text: string) => (text === '' ? null : Number(text))
  return { days: number(calls), recordings_days: number(recordings) }
}

/** Whether `next` deletes what `current` would have kept. */
export function deletesMore(current: Retention, next: Retention): boolean {
  const shorter = (before: number | null, after: number | null) =>
    after !== null && (before === null || after < before)
  return shorter(current.days, next.days) || shorter(current.recordings_days, next.recordings_days)
}
