import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Reachability } from '@/services/reachability'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A server, and what a console that watches is told of it. */
function aWatch() {
  const line = {
    /** What a request is answered with; null for nothing at all. */
    answer: (() => 200) as (path: string) => number | null,
    asked: [] as string[],
  }
  const adapter = (config: InternalAxiosRequestConfig) => {
    const path = config.url ?? ''
    line.asked.push(path)
    const status = line.answer(path)
    if (status === null) return Promise.reject(new AxiosError('Network Error', 'ERR_NETWORK', config))
    const response = { data: null, status, statusText: '', headers: {}, config }
    if (status < 400) return Promise.resolve(response)
    return Promise.reject(new AxiosError('refused', 'ERR_BAD_RESPONSE', config, null, response))
  }
  const api = axios.create({ adapter })
  const told: boolean[] = []
  const leave = new Reachability(api).watch((isReachable) => told.push(isReachable))
  const request = async () => {
    await api.get('/api/config/agents').catch(() => undefined)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { line, told, leave, request }
}

describe('whether the server can be reached', () => {
  it('is denied when a request gets no answer, until there is one again', async () => {
    const { line, told, request } = aWatch()
    line.answer = () => null
    await request()
    expect(told).toEqual([true, false])
    line.answer = () => 200
    await vi.advanceTimersByTimeAsync(2_000)
    expect(told).toEqual([true, false, true])
  })

  it('is noticed by who only reads', async () => {
    const { line, told } = aWatch()
    line.answer = () => null
    await vi.advanceTimersByTimeAsync(20_000)
    expect(told).toEqual([true, false])
  })

  it('is denied when only a gateway answers', async () => {
    const { line, told, request } = aWatch()
    line.answer = () => 502
    await request()
    expect(told).toEqual([true, false])
  })

  it.each([500, 404, null])('is not denied for one request that came to %s', async (status) => {
    const { line, told, request } = aWatch()
    line.answer = (path) => (path === '/health/live' ? 200 : status)
    await request()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toEqual([true])
  })

  it('is not asked for when nobody watches any more', async () => {
    const { line, leave } = aWatch()
    leave()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(line.asked).toEqual([])
  })
})
