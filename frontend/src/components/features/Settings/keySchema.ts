import * as z from '@/zod'
import type { ApiKeyDraft } from '@/types/settings'

const MAX_NAME = 80
const MS_PER_DAY = 86_400_000

/** For how many days a key may be good; the empty one is for ever. */
export const LIFETIMES = ['', '30', '90', '365'] as const

export const keySchema = z.object({
  name: z.string().trim().min(1, 'required').max(MAX_NAME, 'tooLong'),
  lifetime: z.enum(LIFETIMES),
})

export type KeyValues = z.infer<typeof keySchema>

/** Return what to send at `now` (Unix milliseconds). */
export function keyDraft({ name, lifetime }: KeyValues, now: number): ApiKeyDraft {
  return lifetime === '' ? { name } : { name, expires_at: now + Number(lifetime) * MS_PER_DAY }
}
