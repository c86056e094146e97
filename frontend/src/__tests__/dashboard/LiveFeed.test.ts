import { waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveFeed, retryDelay, type LiveEvent } from '@/services/liveService'
import { aLiveCall, LiveServer } from '@/testing/dashboard'

let feed: LiveFeed
let events: LiveEvent[]
let requestTicket: () => Promise<string>

beforeEach(() => {
  events = []
  requestTicket = () => Promise.resolve('t1')
  feed = new LiveFeed(
    {
      socketUrl: 'ws://victoria.test/ws/live',
      requestTicket: () => requestTicket(),
      random: () => 0,
    },
    (event) => events.push(event),
  )
})
afterEach(() => feed.close())

const types = () => events.map(({ type }) => type)
const news = () => events.flatMap((event) => (event.type === 'news' ? event.news : []))
const happened = (type: LiveEvent['type'], times = 1) =>
  waitFor(() => expect(types().filter((each) => each === type)).toHaveLength(times))

describe('the live feed', () => {
  it('shows its ticket and passes the snapshot on at once', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot(aLiveCall())
    await happened('news')
    expect(server.hellos).toEqual([{ type: 'hello', version: 1, ticket: 't1' }])
    expect(types()).toEqual(['connecting', 'news'])
    expect(news()).toMatchObject([{ type: 'snapshot', calls: [{ id: 'live-1' }] }])
  })

  it('gathers what many calls tell into one event', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot()
    await happened('news')
    for (let turns = 1; turns <= 5; turns++) server.say({ type: 'call', call: aLiveCall({ turns }) })
    server.say({ type: 'ended', call_id: 'live-1' })
    await happened('news', 2)
    expect(news().map(({ type }) => type)).toEqual([
      'snapshot',
      ...Array.from({ length: 5 }, () => 'call'),
      'ended',
    ])
  })

  it('comes back by itself after the connection was lost, and resyncs', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot(aLiveCall())
    await happened('news')
    server.close(1001)
    await happened('lost')
    await server.greeted(2)
    await server.snapshot(aLiveCall({ id: 'live-2' }))
    await happened('news', 2)
    expect(news().at(-1)).toMatchObject({ type: 'snapshot', calls: [{ id: 'live-2' }] })
  })

  it('waits longer each time that the server is not there, up to half a minute', () => {
    expect([0, 1, 2, 5, 6, 60].map((failures) => retryDelay(failures, 1))).toEqual([
      500, 1_000, 2_000, 16_000, 30_000, 30_000,
    ])
    expect(retryDelay(60, 0)).toBe(15_000)
  })

  it('tries again when there was no ticket', async () => {
    const server = new LiveServer()
    requestTicket = () => Promise.reject(new Error('unreachable'))
    feed.start()
    await happened('lost')
    requestTicket = () => Promise.resolve('t2')
    await server.greeted()
    expect(server.hellos).toMatchObject([{ ticket: 't2' }])
  })

  it.each([1003, 1008])('does not insist when the server refuses it with %i', async (code) => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot()
    await happened('news')
    server.close(code)
    await happened('refused')
    expect(types()).not.toContain('lost')
  })

  it('leaves to the login what needs one', async () => {
    requestTicket = () => Promise.reject(Object.assign(new Error('expired'), { status: 401 }))
    feed.start()
    await happened('refused')
  })

  it('drops the line when the network goes, and tries as soon as it is back', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot()
    await happened('news')
    window.dispatchEvent(new Event('offline'))
    await happened('lost')
    window.dispatchEvent(new Event('online'))
    await server.greeted(2)
  })

  describe('with a clock that can be wound on', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true }))
    afterEach(() => vi.useRealTimers())

    it('gives a server up that has said nothing for 40 seconds, and comes back', async () => {
      const server = new LiveServer()
      feed.start()
      await server.snapshot()
      await happened('news')
      await vi.advanceTimersByTimeAsync(30_000)
      expect(types()).not.toContain('lost')
      await vi.advanceTimersByTimeAsync(10_000)
      await happened('lost')
      await server.greeted(2)
    })

    it('trusts a server that has no news but says that it is there', async () => {
      const server = new LiveServer()
      feed.start()
      await server.snapshot()
      await happened('news')
      for (let beats = 0; beats < 8; beats++) {
        await vi.advanceTimersByTimeAsync(15_000)
        server.say({ type: 'ping' })
      }
      expect(types()).toEqual(['connecting', 'news'])
    })
  })

  it('does not believe a malformed message, and overlooks one of a newer server', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot()
    await happened('news')
    server.say({ type: 'weather', outlook: 'fair' })
    server.say({ type: 'call', call: { id: 7 } })
    await happened('lost')
    expect(news()).toHaveLength(1)
  })

  it('says nothing after it was closed', async () => {
    const server = new LiveServer()
    feed.start()
    await server.snapshot()
    await happened('news')
    server.say({ type: 'call', call: aLiveCall() })
    feed.close()
    const before = events.length
    window.dispatchEvent(new Event('offline'))
    server.close(1001)
    await new Promise((resolve) => setTimeout(resolve, 150)) // longer than news are gathered
    expect(events).toHaveLength(before)
  })
})
