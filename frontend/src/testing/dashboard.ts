/** Figures and live calls in a few lines, for tests. */
import { waitFor } from '@testing-library/react'
import { http, HttpResponse, ws } from 'msw'
import type { CallBucket, CallFigures, CallStats, LiveCall } from '@/types/dashboard'
import { answer, API } from './api'
import { server } from './server'

export const DAY_MS = 24 * 3_600_000

const NOTHING: CallFigures = {
  calls: 0,
  answered: 0,
  completed: 0,
  failed: 0,
  v2v_p50_ms: null,
  v2v_p95_ms: null,
  answers: 0,
  interruptions: 0,
  engine_failures: 0,
  fallbacks: 0,
  dead_air_ms: 0,
}

/** A span of days, each with these figures, and totals that add up but for the percentiles. */
export function aSpan(days: Partial<CallFigures>[], more: Partial<CallStats> = {}): CallStats {
  const since = Date.UTC(2026, 10, 2)
  const buckets: CallBucket[] = days.map((day, index) => ({ ...NOTHING, ...day, at: since + index * DAY_MS }))
  const sum = (name: Exclude<keyof CallFigures, 'v2v_p50_ms' | 'v2v_p95_ms'>) =>
    buckets.reduce((all, bucket) => all + bucket[name], 0)
  const totals = {
    calls: sum('calls'),
    answered: sum('answered'),
    completed: sum('completed'),
    failed: sum('failed'),
    answers: sum('answers'),
    interruptions: sum('interruptions'),
    engine_failures: sum('engine_failures'),
    fallbacks: sum('fallbacks'),
    dead_air_ms: sum('dead_air_ms'),
    v2v_p50_ms: buckets.at(-1)?.v2v_p50_ms ?? null,
    v2v_p95_ms: buckets.at(-1)?.v2v_p95_ms ?? null,
    talk_ms: 0,
  }
  return { buckets, totals, engines: [], causes: [], ...more }
}

/** The dashboard's routes over these figures; what was asked for is pushed to `asked`. */
export function dashboardRoutes(stats: CallStats, asked: URLSearchParams[] = []) {
  return [
    http.get(`${API}/api/history/stats`, ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(stats)
    }),
    answer('/api/history/calls', { items: [], next_cursor: null }),
  ]
}

export function aLiveCall(change: Partial<LiveCall> = {}): LiveCall {
  return {
    id: 'live-1',
    agent: { id: 'agent-1', name: 'Reception' },
    direction: 'inbound',
    started_at: Date.now() - 65_000,
    state: 'listening',
    caller_text: '',
    agent_text: '',
    turns: 1,
    last_voice_to_voice_ms: null,
    ...change,
  }
}

const link = ws.link('ws://victoria.test/ws/live')

type Client = Parameters<Parameters<typeof link.addEventListener>[1]>[0]['client']

/** The server's side of the live view: issues tickets, and lets the test speak to the newest socket. */
export class LiveServer {
  /** What each socket began with, oldest first. */
  readonly hellos: unknown[] = []
  tickets = 0
  #client: Client | null = null

  constructor() {
    server.use(
      http.post(`${API}/api/live/tickets`, () => {
        this.tickets += 1
        return HttpResponse.json({ ticket: `t${this.tickets}`, expires_in_s: 30 }, { status: 201 })
      }),
      link.addEventListener('connection', ({ client }) => {
        client.addEventListener('message', ({ data }) => {
          if (typeof data === 'string') this.hellos.push(JSON.parse(data))
          this.#client = client
        })
      }),
    )
  }

  /** Wait until `count` sockets have said hello. */
  async greeted(count = 1): Promise<void> {
    await waitFor(() => {
      if (this.hellos.length < count) throw new Error(`${this.hellos.length} of ${count}`)
    })
  }

  /** Answer the newest socket with the calls that are going on. */
  async snapshot(...calls: LiveCall[]): Promise<void> {
    await this.greeted()
    this.say({ type: 'snapshot', calls })
  }

  say(message: object | string): void {
    this.#client?.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  close(code: number): void {
    this.#client?.close(code)
  }
}
