/**
 * One browser call, from the microphone prompt to the closed socket.
 *
 * Owns socket and audio; tells what happens as `CallEvent`s, the last of which is `ended` or `failed`, exactly
 * once. A client is used for one call.
 */
import type { TimelineEntry } from '@/conversation/timeline'
import type { EndCause } from '@/types'
import type { AudioListener, CallAudio, Peaks } from '../utils/audioContext'
import { AudioError } from '../utils/microphone'
import { CALL_RATE } from '../utils/wire'
import { failureOfClose, parseMessage, PROTOCOL_VERSION, type ServerMessage } from './protocol'

export type CallEvent =
  | { type: 'ready'; callId: string; agentName: string }
  | { type: 'entry'; entry: TimelineEntry }
  | { type: 'trouble'; code: string; message: string }
  | { type: 'ended'; cause: EndCause }
  | { type: 'failed'; code: string; message: string }

export interface CallSurroundings {
  socketUrl: string
  openAudio: (listener: AudioListener) => Promise<CallAudio>
  /** Rejects with a `Problem`-like value that has `code` and `detail`. */
  requestTicket: () => Promise<string>
}

/** How long the server may take to say `ended` after we hung up. */
const HANG_UP_TIMEOUT_MS = 3_000
/** The server takes five texts a second; who sends more has leant on the key. */
const WRITE_EVERY_MS = 250
/** Five seconds of audio: a network that is so far behind cannot carry a conversation. */
const MAX_UNSENT_BYTES = CALL_RATE * 2 * 5

export class CallClient {
  readonly #surroundings: CallSurroundings
  readonly #emit: (event: CallEvent) => void
  #audio: CallAudio | null = null
  #socket: WebSocket | null = null
  #isReady = false
  #isOver = false
  #wroteAt = -Infinity
  #hangUpTimer: number | undefined

  constructor(surroundings: CallSurroundings, emit: (event: CallEvent) => void) {
    this.#surroundings = surroundings
    this.#emit = emit
  }

  /** Open the microphone, then the call: a person may think longer about a prompt than a ticket lives. */
  async start(): Promise<void> {
    try {
      const audio = await this.#surroundings.openAudio({
        onFrame: (pcm) => this.#sendFrame(pcm),
        onPlayed: (position) => this.#send({ type: 'played', position }),
        onMicrophoneLost: () => this.#fail('microphone-lost', ''),
      })
      if (this.#isOver) {
        await audio.close()
        return
      }
      this.#audio = audio
      const ticket = await this.#surroundings.requestTicket()
      if (this.#hasEnded()) return
      this.#openSocket(ticket)
    } catch (error) {
      const { code, message } = failureOf(error)
      this.#fail(code, message)
    }
  }

  hangUp(): void {
    if (this.#isOver) return
    if (!this.#isReady) {
      this.#finish({ type: 'ended', cause: 'caller-hung-up' })
      return
    }
    this.#send({ type: 'hangup' })
    this.#hangUpTimer ??= window.setTimeout(
      () => this.#finish({ type: 'ended', cause: 'caller-hung-up' }),
      HANG_UP_TIMEOUT_MS,
    )
  }

  /** Say `text` (1 to 2000 characters, trimmed) in writing; false if it cannot be sent, or not so soon. */
  write(text: string): boolean {
    const now = performance.now()
    const isOpen = this.#isReady && !this.#isOver && this.#socket?.readyState === WebSocket.OPEN
    if (!isOpen || now - this.#wroteAt < WRITE_EVERY_MS) return false
    this.#wroteAt = now
    this.#send({ type: 'text', text })
    return true
  }

  setMuted(muted: boolean): void {
    this.#audio?.setMuted(muted)
  }

  /** Loudness of both sides, or null when there is no call. */
  peaks(): Peaks | null {
    return this.#audio?.peaks() ?? null
  }

  /** A method, so that the compiler does not believe that nothing happens during an await. */
  #hasEnded(): boolean {
    return this.#isOver
  }

  #openSocket(ticket: string): void {
    const socket = new WebSocket(this.#surroundings.socketUrl)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => this.#send({ type: 'hello', version: PROTOCOL_VERSION, ticket }))
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#receive(data))
    socket.addEventListener('close', ({ code }) => this.#fail(this.#closedBy(code), ''))
    this.#socket = socket
  }

  /** What became of a socket that closed without a word: an answer refused, a call cut, or no network at all. */
  #closedBy(code: number): string {
    const failure = failureOfClose(code)
    if (failure !== 'connection-lost') return failure
    if (!navigator.onLine) return 'offline'
    return this.#isReady ? failure : 'not-connected'
  }

  #receive(data: unknown): void {
    if (this.#isOver) return
    if (data instanceof ArrayBuffer) {
      this.#audio?.play(data)
      return
    }
    let message: ServerMessage | null
    try {
      message = parseMessage(String(data))
    } catch {
      this.#fail('bad-message', '')
      return
    }
    if (message !== null) this.#handle(message)
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#begin(message)
        break
      case 'timeline':
        this.#emit({ type: 'entry', entry: message.entry })
        break
      case 'flush':
        this.#audio?.flush()
        break
      case 'trouble':
        this.#emit(message)
        break
      case 'error':
        this.#fail(message.code, message.message)
        break
      case 'ended':
        this.#finish(message)
        break
      case 'committed':
        break // The history is where one looks what is on disk.
    }
  }

  #begin(ready: Extract<ServerMessage, { type: 'ready' }>): void {
    if (ready.audio.input_rate !== CALL_RATE || ready.audio.output_rate !== CALL_RATE) {
      this.#fail('audio-unsupported', '')
      return
    }
    this.#isReady = true
    this.#emit({ type: 'ready', callId: ready.call_id, agentName: ready.agent.name })
  }

  #sendFrame(pcm: ArrayBuffer): void {
    if (!this.#isReady || this.#socket?.readyState !== WebSocket.OPEN) return
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES)
      this.#fail(navigator.onLine ? 'connection-lost' : 'offline', '')
    else this.#socket.send(pcm)
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #fail(code: string, message: string): void {
    this.#finish({ type: 'failed', code, message })
  }

  #finish(last: CallEvent): void {
    if (this.#isOver) return
    this.#isOver = true
    window.clearTimeout(this.#hangUpTimer)
    this.#socket?.close()
    void this.#audio?.close()
    this.#audio = null
    this.#emit(last)
  }
}

function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof AudioError) return { code: error.code, message: '' }
  if (typeof error === 'object' && error !== null && 'code' in error && 'detail' in error) {
    return { code: String(error.code), message: String(error.detail) }
  }
  return { code: 'unexpected', message: error instanceof Error ? error.message : '' }
}
