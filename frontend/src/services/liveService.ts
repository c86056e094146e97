/**
 * The live view of calls: tickets, and a feed that stays connected for as long as somebody looks.
 *
 * To resync is to connect again: the snapshot that comes first replaces everything.
 */
import type { AxiosInstance } from 'axios'
import { API_URL } from '@/services/api'
import type { LiveMessage } from '@/services/liveProtocol'
import type { LiveTicket } from '@/types/dashboard'

export function createLiveService(api: AxiosInstance) {
  return {
    async ticket(): Promise<LiveTicket> {
      return (await api.post<LiveTicket>('/api/live/tickets')).data
    },
  }
}

export type LiveService = ReturnType<typeof createLiveService>

/** What is told of calls. An `error` only says why the socket closes next, a `ping` that there is nothing. */
export type LiveNews = Exclude<LiveMessage, { type: 'error' | 'ping' }>

export type LiveEvent =
  | { type: 'connecting' }
  /** News in order, gathered for `GATHER_MS`. */
  | { type: 'news'; news: LiveNews[] }
  /** The connection is gone; the feed tries again by itself. */
  | { type: 'lost' }
  /** The server does not want this feed; it does not try again. */
  | { type: 'refused' }

export interface LiveSurroundings {
  socketUrl: string
  /** Rejects with a `Problem`. */
  requestTicket: () => Promise<string>
  /** A number from 0 to 1, so that consoles do not all come back at once. */
  random: () => number
}

/** Of a hundred live calls come 500 updates a second: nobody can read them one by one. */
const GATHER_MS = 100
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
/** A connection that has lasted so long was a good one: its successor is tried for at once. */
const GOOD_MS = 10_000
/** The server says something every 15 s. A network that is gone, or a server without power, closes nothing. */
const SILENCE_MS = 38_000
/** Unexpected message, bad ticket: it would be no different next time. */
const FINAL_CODES: readonly number[] = [1003, 1008]

/** One view from `start` to `close`; events come in between, never after. */
export class LiveFeed {
  readonly #surroundings: LiveSurroundings
  readonly #emit: (event: LiveEvent) => void
  #socket: WebSocket | null = null
  /** Counts connections; what belongs to an earlier one is ignored. */
  #round = 0
  #failures = 0
  #openedAt = 0
  #retryTimer: number | undefined
  #gatherTimer: number | undefined
  #silenceTimer: number | undefined
  #news: LiveNews[] = []

  constructor(surroundings: LiveSurroundings, emit: (event: LiveEvent) => void) {
    this.#surroundings = surroundings
    this.#emit = emit
  }

  start(): void {
    window.addEventListener('online', this.#retryNow)
    window.addEventListener('offline', this.#drop)
    void this.#connect()
  }

  close(): void {
    window.removeEventListener('online', this.#retryNow)
    window.removeEventListener('offline', this.#drop)
    this.#leave()
  }

  async #connect(): Promise<void> {
    this.#leave()
    const round = this.#round
    this.#emit({ type: 'connecting' })
    try {
      // The parser brings zod, which no page needs before a view is opened.
      const [protocol, ticket] = await Promise.all([
        import('@/services/liveProtocol'),
        this.#surroundings.requestTicket(),
      ])
      if (round === this.#round) this.#open(ticket, protocol)
    } catch (problem) {
      if (round === this.#round) this.#fail(isFinal(problem))
    }
  }

  #open(ticket: string, protocol: typeof import('@/services/liveProtocol')): void {
    const round = this.#round
    const socket = new WebSocket(this.#surroundings.socketUrl)
    this.#socket = socket
    this.#openedAt = performance.now()
    this.#awaitWord()
    const whileCurrent = (work: () => void) => () => {
      if (round === this.#round) work()
    }
    socket.addEventListener(
      'open',
      whileCurrent(() => {
        socket.send(JSON.stringify({ type: 'hello', version: protocol.LIVE_PROTOCOL_VERSION, ticket }))
      }),
    )
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      whileCurrent(() => this.#receive(String(data), protocol.parseLiveMessage))()
    })
    socket.addEventListener('close', ({ code }) => {
      whileCurrent(() => this.#fail(FINAL_CODES.includes(code)))()
    })
  }

  /** Give the connection up unless something is heard in time. */
  #awaitWord(): void {
    window.clearTimeout(this.#silenceTimer)
    this.#silenceTimer = window.setTimeout(() => this.#fail(false), SILENCE_MS)
  }

  #receive(text: string, parse: (text: string) => LiveMessage | null): void {
    this.#awaitWord()
    let message: LiveMessage | null
    try {
      message = parse(text)
    } catch {
      this.#fail(false)
      return
    }
    if (message === null || message.type === 'error' || message.type === 'ping') return
    this.#news.push(message)
    if (message.type === 'snapshot') this.#tell()
    else this.#gatherTimer ??= window.setTimeout(() => this.#tell(), GATHER_MS)
  }

  #tell(): void {
    window.clearTimeout(this.#gatherTimer)
    this.#gatherTimer = undefined
    const news = this.#news
    this.#news = []
    this.#emit({ type: 'news', news })
  }

  #fail(isForGood: boolean): void {
    const wasGood = this.#socket !== null && performance.now() - this.#openedAt >= GOOD_MS
    this.#failures = wasGood ? 0 : this.#failures + 1
    this.#leave()
    this.#emit({ type: isForGood ? 'refused' : 'lost' })
    if (isForGood) return
    const delay = retryDelay(this.#failures, this.#surroundings.random())
    this.#retryTimer = window.setTimeout(() => void this.#connect(), delay)
  }

  /** The network is back: do not wait for the timer. */
  readonly #retryNow = () => {
    if (this.#retryTimer === undefined) return
    this.#failures = 0
    void this.#connect()
  }

  /** Without a network the socket would only find out minutes later. */
  readonly #drop = () => {
    if (this.#socket !== null) this.#fail(false)
  }

  /** Forget this connection; the round after it has none yet. */
  #leave(): void {
    this.#round += 1
    window.clearTimeout(this.#retryTimer)
    window.clearTimeout(this.#gatherTimer)
    window.clearTimeout(this.#silenceTimer)
    this.#retryTimer = this.#gatherTimer = this.#silenceTimer = undefined
    this.#news = []
    this.#socket?.close()
    this.#socket = null
  }
}

/** Return after how many milliseconds to try again when `failures` connections in a row came to nothing. */
export function retryDelay(failures: number, random: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + random / 2)
}

/** Return whether a ticket would be refused again: not logged in, or a server without live views. */
function isFinal(problem: unknown): boolean {
  const status = typeof problem === 'object' && problem !== null && 'status' in problem ? problem.status : 0
  return status === 401 || status === 403 || status === 404
}

/** Return the address of the live view that belongs to the server at `baseURL`. */
export function liveSocketUrl(baseURL: string = API_URL, page: Location = window.location): string {
  const url = new URL('/ws/live', baseURL === '' ? page.href : baseURL)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
