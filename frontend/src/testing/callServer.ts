/** The server's side of a browser call, for tests: accepts one socket and lets the test speak for it. */
import { waitFor } from '@testing-library/react'
import { ws, type WebSocketData } from 'msw'
import { server } from './server'

const link = ws.link('ws://victoria.test/ws/audio')

type Client = Parameters<Parameters<typeof link.addEventListener>[1]>[0]['client']

export const READY = {
  type: 'ready',
  call_id: 'call-1',
  agent: { id: 'agent-1', name: 'Reception', language: 'en' },
  audio: { input_rate: 16_000, output_rate: 16_000 },
  started_at: 0,
}

export class CallServer {
  /** JSON messages of the client, in order. */
  readonly messages: unknown[] = []
  /** Sizes of its audio messages in bytes. */
  readonly audio: number[] = []
  sockets = 0
  isClosed = false
  #client: Client | null = null

  constructor() {
    server.use(
      link.addEventListener('connection', ({ client }) => {
        this.sockets += 1
        this.#client = client
        client.addEventListener('message', ({ data }) => this.#receive(data))
        client.addEventListener('close', () => {
          this.isClosed = true
        })
      }),
    )
  }

  /** Wait for `hello` and answer it. */
  async begin(): Promise<void> {
    await this.received('hello')
    this.say(READY)
  }

  /** Wait until the client has sent a message of this type, and return the last one. */
  received(type: string): Promise<unknown> {
    return waitFor(() => {
      const message = this.messages.findLast((candidate) => (candidate as { type: string }).type === type)
      if (message === undefined) throw new Error(`no ${type} yet`)
      return message
    })
  }

  say(message: object | string): void {
    this.#client?.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  timeline(entries: readonly unknown[]): void {
    for (const entry of entries) this.say({ type: 'timeline', entry })
  }

  sendAudio(pcm: Int16Array<ArrayBuffer>): void {
    this.#client?.send(pcm.buffer)
  }

  close(code: number): void {
    this.#client?.close(code)
  }

  #receive(data: WebSocketData): void {
    if (typeof data === 'string') this.messages.push(JSON.parse(data))
    else this.audio.push(data instanceof Blob ? data.size : data.byteLength)
  }
}
