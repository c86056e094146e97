import { waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import {
  CallClient,
  type CallEvent,
  type CallSurroundings,
} from '@/components/features/Simulator/client/CallClient'
import { CallServer, READY } from '@/testing/callServer'
import { FakeCallAudio, refusedAudio } from '@/testing/FakeCallAudio'
import { finishedCall } from '@/testing/timelines'

function aCall(change: Partial<CallSurroundings> = {}) {
  const server = new CallServer()
  const audio = new FakeCallAudio()
  const events: CallEvent[] = []
  const client = new CallClient(
    {
      socketUrl: 'ws://victoria.test/ws/audio',
      openAudio: audio.open,
      requestTicket: () => Promise.resolve('ticket-1'),
      ...change,
    },
    (event) => events.push(event),
  )
  const happened = (type: CallEvent['type']) =>
    waitFor(() => expect(events.map((event) => event.type)).toContain(type))
  const begin = async () => {
    void client.start()
    await server.begin()
    await happened('ready')
  }
  return { server, audio, events, client, happened, begin }
}

const frame = () => new Int16Array(320).buffer

describe('a call', () => {
  it('opens with the version and the ticket, and nothing before it', async () => {
    const { server, audio, client } = aCall()
    void client.start()
    await waitFor(() => expect(audio.listener).not.toBeNull())
    audio.listener?.onFrame(frame())
    expect(await server.received('hello')).toEqual({ type: 'hello', version: 1, ticket: 'ticket-1' })
    expect(server.audio).toEqual([])
  })

  it('asks for the ticket only once the microphone is open', async () => {
    const requestTicket = vi.fn(() => Promise.resolve('t'))
    const { client, events } = aCall({ openAudio: refusedAudio('microphone-refused'), requestTicket })
    await client.start()
    expect(requestTicket).not.toHaveBeenCalled()
    expect(events).toEqual([{ type: 'failed', code: 'microphone-refused', message: '' }])
  })

  it('sends the microphone’s frames as they are, once the call is ready', async () => {
    const { server, audio, begin } = aCall()
    await begin()
    audio.listener?.onFrame(frame())
    audio.listener?.onFrame(frame())
    await waitFor(() => expect(server.audio).toEqual([640, 640]))
  })

  it('plays what arrives, flushes at once, and reports positions', async () => {
    const { server, audio, begin } = aCall()
    await begin()
    server.sendAudio(new Int16Array(160))
    await waitFor(() => expect(audio.played.map((pcm) => pcm.byteLength)).toEqual([320]))
    server.say({ type: 'flush' })
    await waitFor(() => expect(audio.flushes).toBe(1))
    audio.listener?.onPlayed(160)
    expect(await server.received('played')).toEqual({ type: 'played', position: 160 })
  })

  it('hands on the timeline, entry by entry', async () => {
    const { server, events, begin } = aCall()
    await begin()
    const { raw, entries } = finishedCall()
    server.timeline(raw)
    await waitFor(() => expect(events.filter(({ type }) => type === 'entry')).toHaveLength(raw.length))
    expect(events.flatMap((event) => (event.type === 'entry' ? [event.entry] : []))).toEqual(entries)
  })

  it('passes over messages that a newer server has', async () => {
    const { server, events, begin } = aCall()
    await begin()
    server.say({ type: 'weather', sunny: true })
    server.say({ type: 'trouble', code: 'stt-slow', message: 'Recognition lags.' })
    await waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'trouble', code: 'stt-slow' }))
  })

  it.each([
    ['no JSON', '{'],
    ['a flush without a type', '{"flush": true}'],
    ['an entry without its event', '{"type": "timeline", "entry": {"seq": 1}}'],
  ])('ends on %s', async (_, text) => {
    const { server, audio, events, happened, begin } = aCall()
    await begin()
    server.say(text)
    await happened('failed')
    expect(events.at(-1)).toMatchObject({ code: 'bad-message' })
    expect(audio.isOpen).toBe(false)
  })

  it('refuses a server that speaks at another rate', async () => {
    const { server, events, client, happened } = aCall()
    void client.start()
    await server.received('hello')
    server.say({ ...READY, audio: { input_rate: 8_000, output_rate: 8_000 } })
    await happened('failed')
    expect(events).toEqual([{ type: 'failed', code: 'audio-unsupported', message: '' }])
  })
})

describe('writing in a call', () => {
  it('sends the text, once the call is ready', async () => {
    const { server, client, begin } = aCall()
    expect(client.write('too early')).toBe(false)
    await begin()
    expect(client.write('What does it cost?')).toBe(true)
    expect(await server.received('text')).toEqual({ type: 'text', text: 'What does it cost?' })
    expect(server.messages.filter((message) => (message as { type: string }).type === 'text')).toHaveLength(1)
  })

  it('does not send more than the server takes', async () => {
    const { client, begin } = aCall()
    await begin()
    vi.useFakeTimers()
    try {
      expect([client.write('one'), client.write('two')]).toEqual([true, false])
      vi.advanceTimersByTime(250)
      expect(client.write('two')).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is over with the call', async () => {
    const { server, client, begin, happened } = aCall()
    await begin()
    server.say({ type: 'ended', cause: 'agent-hung-up' })
    await happened('ended')
    expect(client.write('Wait!')).toBe(false)
  })
})

describe('the end of a call', () => {
  it('comes when the server says so after we hung up, exactly once', async () => {
    const { server, audio, events, client, happened, begin } = aCall()
    await begin()
    client.hangUp()
    await server.received('hangup')
    server.say({ type: 'ended', cause: 'caller-hung-up' })
    await happened('ended')
    server.close(1000)
    await waitFor(() => expect(server.isClosed).toBe(true))
    expect(events.filter(({ type }) => type === 'ended' || type === 'failed')).toHaveLength(1)
    expect(audio.isOpen).toBe(false)
  })

  it('does not wait for a server that says nothing', async () => {
    const { client, events, begin } = aCall()
    await begin()
    vi.useFakeTimers()
    try {
      client.hangUp()
      vi.advanceTimersByTime(3_000)
    } finally {
      vi.useRealTimers()
    }
    expect(events.at(-1)).toEqual({ type: 'ended', cause: 'caller-hung-up' })
  })

  it('comes at once when we hang up before the call has begun', async () => {
    const { server, client, audio, events } = aCall({ requestTicket: () => new Promise(() => {}) })
    void client.start()
    await waitFor(() => expect(audio.isOpen).toBe(true))
    client.hangUp()
    expect(events).toEqual([{ type: 'ended', cause: 'caller-hung-up' }])
    expect(audio.isOpen).toBe(false)
    expect(server.sockets).toBe(0)
  })

  it('gives the microphone back when it is opened too late', async () => {
    const audio = new FakeCallAudio()
    let allow = () => {}
    const prompt = new Promise<void>((resolve) => (allow = resolve))
    const { client } = aCall({ openAudio: (listener) => prompt.then(() => audio.open(listener)) })
    const starting = client.start()
    client.hangUp()
    allow()
    await starting
    expect(audio.isOpen).toBe(false)
  })

  it('prefers the server’s reason to the close code', async () => {
    const { server, events, happened, begin } = aCall()
    await begin()
    server.say({ type: 'error', code: 'internal-error', message: 'call call-1' })
    await happened('failed')
    server.close(1011)
    await waitFor(() => expect(server.isClosed).toBe(true))
    expect(events.slice(1)).toEqual([{ type: 'failed', code: 'internal-error', message: 'call call-1' }])
  })

  it.each([
    [1013, 'busy'],
    [1008, 'ticket-invalid'],
    [1012, 'restarting'],
    [1000, 'connection-lost'],
  ])('reads close code %i as %s', async (code, reason) => {
    const { server, events, happened, begin } = aCall()
    await begin()
    server.close(code)
    await happened('failed')
    expect(events.at(-1)).toMatchObject({ code: reason })
  })

  it('tells a call that was never opened from one that broke', async () => {
    const { server, events, client, happened } = aCall()
    void client.start()
    await server.received('hello')
    server.close(1006)
    await happened('failed')
    expect(events.at(-1)).toMatchObject({ code: 'not-connected' })
  })

  it('tells a broken call from a network that is gone', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const { server, events, happened, begin } = aCall()
    await begin()
    server.close(1006)
    await happened('failed')
    expect(events.at(-1)).toMatchObject({ code: 'offline' })
  })

  it('says so when the microphone is unplugged', async () => {
    const { audio, events, begin } = aCall()
    await begin()
    audio.listener?.onMicrophoneLost()
    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'microphone-lost' })
  })

  it('carries the server’s problem when there is no ticket', async () => {
    const { client, events } = aCall({
      requestTicket: () =>
        Promise.reject(Object.assign(new Error(), { code: 'not-found', detail: 'no such agent' })),
    })
    await client.start()
    expect(events).toEqual([{ type: 'failed', code: 'not-found', message: 'no such agent' }])
  })
})
