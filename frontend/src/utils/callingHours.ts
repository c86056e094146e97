/** When a campaign may call next, for people to read; the server decides by backend/domain/value_objects/calling_hours.py. */
import type { Campaign } from '@/types/telephony'

const MS_PER_MINUTE = 60_000
const MINUTES_PER_DAY = 1_440
const WEEKDAYS: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Return `at` if people may be called then, else when the hours begin next. Unix milliseconds. */
export function nextOpening(hours: Campaign['hours'], at: number): number {
  const clock = clockOf(hours.zone)
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  const { weekday, minute } = clock(at)
  // A week later it is the same weekday, whose hours may be over today.
  for (let days = 0; days <= 7; days += 1) {
    if (!hours.weekdays.includes(((weekday - 1 + days) % 7) + 1)) continue
    if (days === 0 && minute >= from && minute < to) return at
    if (days === 0 && minute >= to) continue
    const opens = startOfMinute(at) + (days * MINUTES_PER_DAY + from - minute) * MS_PER_MINUTE
    return opens + changeOfClocks(from, clock(opens).minute) * MS_PER_MINUTE
  }
  return at
}

/** By how many minutes clocks that were changed on the way miss `wanted`; they are never changed by half a day. */
function changeOfClocks(wanted: number, shown: number): number {
  const half = MINUTES_PER_DAY / 2
  return ((wanted - shown + half + MINUTES_PER_DAY) % MINUTES_PER_DAY) - half
}

/** Weekday (ISO 8601: 1 is Monday) and minute of the day in `zone`. */
function clockOf(zone: string): (at: number) => { weekday: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
    return { weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1, minute }
  }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

function startOfMinute(at: number): number {
  return at - (at % MS_PER_MINUTE)
}
