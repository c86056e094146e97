import type { CallSummary } from '@/types/calls'

/** The number at the other end of the line; empty for calls without numbers. */
export function otherSide({ direction, caller, called }: CallSummary): string {
  return direction === 'outbound' ? called : caller
}
