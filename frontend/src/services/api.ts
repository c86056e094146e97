import axios, { type AxiosInstance } from 'axios'
import type { Credentials } from '@/services/credentials'

/** Nothing the console asks for takes this long; a recording of an hour is streamed from a local disk. */
const TIMEOUT_MS = 30_000

/** The server's address; empty means the one that the console itself came from. */
export const API_URL: string = import.meta.env.VITE_API_URL ?? ''

/** Return the HTTP client: every request carries the key that `credentials` holds at that moment. */
export function createApi(credentials: Credentials, baseURL: string = API_URL): AxiosInstance {
  const api = axios.create({ baseURL, timeout: TIMEOUT_MS })
  api.interceptors.request.use((request) => {
    const key = credentials.read()
    if (key !== null) request.headers.set('X-API-Key', key)
    return request
  })
  return api
}

/** Return the address of the call socket that belongs to the server at `baseURL`. */
export function callSocketUrl(baseURL: string = API_URL, page: Location = window.location): string {
  const url = new URL('/ws/audio', baseURL === '' ? page.href : baseURL)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
