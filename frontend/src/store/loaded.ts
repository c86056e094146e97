/** Something that is fetched when the part of a page that shows it is first opened. */
import type { LoadStatus } from '@/store/slices/configSlice'
import type { Problem } from '@/types'

export interface Loaded<T> {
  value: T
  status: LoadStatus
  problem: Problem | null
}

export function notLoaded<T>(value: T): Loaded<T> {
  return { value, status: 'idle', problem: null }
}

export function loaded<T>(value: T): Loaded<T> {
  return { value, status: 'loaded', problem: null }
}

/** It is on its way. What was there before stays in sight. */
export function begin(part: Loaded<unknown>): void {
  part.status = part.status === 'loaded' ? 'loaded' : 'loading'
  part.problem = null
}

export function fail(part: Loaded<unknown>, problem: Problem | undefined): void {
  part.status = 'failed'
  part.problem = problem ?? null
}
