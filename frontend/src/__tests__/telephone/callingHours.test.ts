import { expect, it } from 'vitest'
import { nextOpening } from '@/utils/callingHours'

const OFFICE = { zone: 'Europe/Madrid', weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '20:00' }

/** What a clock in Madrid shows, an hour before UTC in winter, two in summer. */
function opening(at: string, hours = OFFICE): string {
  return new Date(nextOpening(hours, Date.parse(at))).toISOString()
}

it.each([
  ['in the hours, now', '2026-11-20T10:30:12.000Z', '2026-11-20T10:30:12.000Z'],
  ['before them, today', '2026-11-20T06:30:12.000Z', '2026-11-20T08:00:00.000Z'],
  ['at their end, on the next of the days', '2026-11-20T19:00:00.000Z', '2026-11-23T08:00:00.000Z'],
  ['on a day that is none of them', '2026-11-22T11:00:00.000Z', '2026-11-23T08:00:00.000Z'],
  ['when clocks go back meanwhile', '2026-10-24T11:00:00.000Z', '2026-10-26T08:00:00.000Z'],
  ['when clocks go forward meanwhile', '2026-03-28T11:00:00.000Z', '2026-03-30T07:00:00.000Z'],
])('people may be called next: %s', (_when, at, opens) => {
  expect(opening(at)).toBe(opens)
})

it('the only day of the week comes again', () => {
  expect(opening('2026-11-20T19:00:00.000Z', { ...OFFICE, weekdays: [5] })).toBe('2026-11-27T08:00:00.000Z')
})

it('hours may begin and end at midnight', () => {
  const always = { ...OFFICE, weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }
  expect(opening('2026-11-20T22:59:59.999Z', always)).toBe('2026-11-20T22:59:59.999Z')
})
