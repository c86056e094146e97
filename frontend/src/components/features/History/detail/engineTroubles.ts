/** What a timeline says of its engines' failures. */
import { linesOf, type EventLine } from '@/components/conversation/eventLines'
import type { TimelineEntry } from '@/conversation/timeline'

/** One way of failing: when it happened first, and how often. */
export interface Failure {
  first: EventLine
  count: number
}

/** An engine that did the work of one that had failed, and how often; `at` is when it did first. */
export interface StandIn {
  port: string
  engine: string
  at: number
  count: number
}

export function failuresOf(timeline: readonly TimelineEntry[]): Failure[] {
  const ways = new Map<string, Failure>()
  for (const line of linesOf(timeline)) {
    if (line.group !== 'engines') continue
    const way = `${line.fact.type} ${line.quoted}`
    const known = ways.get(way)
    if (known) known.count += 1
    else ways.set(way, { first: line, count: 1 })
  }
  return [...ways.values()]
}

/** In the order in which they took over first. One that is asked again after its own failure stands in for nobody. */
export function standInsOf(timeline: readonly TimelineEntry[]): StandIn[] {
  const standIns = new Map<string, StandIn>()
  for (const { event } of timeline) {
    if (event.type !== 'engine_failed' || event.successor === '' || event.successor === event.engine) continue
    const { port, successor: engine, at } = event
    const known = standIns.get(`${port} ${engine}`)
    if (known) known.count += 1
    else standIns.set(`${port} ${engine}`, { port, engine, at, count: 1 })
  }
  return [...standIns.values()]
}
