/** A history in a few lines, for tests. */
import { http, HttpResponse } from 'msw'
import type { CallNotes, CallSummary } from '@/types/calls'
import { anAgent, API } from './api'

export function aCall(change: Partial<CallSummary> = {}): CallSummary {
  return {
    id: 'call-1',
    agent: { id: 'agent-1', name: 'Reception' },
    direction: 'browser',
    caller: '',
    called: '',
    carrier: '',
    continues: null,
    engines: null,
    status: 'completed',
    end_cause: 'caller-hung-up',
    started_at: Date.UTC(2026, 10, 22, 10, 30),
    ended_at: Date.UTC(2026, 10, 22, 10, 31),
    duration_ms: 65_000,
    turns: 4,
    median_voice_to_voice_ms: 900,
    has_recording: false,
    interruptions: 0,
    engine_failures: 0,
    draft: false,
    note: '',
    tags: [],
    snippet: null,
    ...change,
  }
}

interface Contents {
  timeline?: unknown[]
  entriesPerPage?: number
}

/** The history's routes over these calls, newest first. */
export function callRoutes(calls: CallSummary[], { timeline = [], entriesPerPage = 1_000 }: Contents = {}) {
  return [
    http.get(`${API}/api/history/calls`, ({ request }) => {
      const { searchParams } = new URL(request.url)
      const from = Number(searchParams.get('cursor') ?? 0)
      const end = from + Number(searchParams.get('limit'))
      const [status, tag] = [searchParams.get('status'), searchParams.get('tag')]
      const matching = calls.filter(
        (call) => (status === null || call.status === status) && (tag === null || call.tags.includes(tag)),
      )
      return HttpResponse.json({
        items: matching.slice(from, end),
        next_cursor: end < matching.length ? String(end) : null,
      })
    }),
    http.get(`${API}/api/history/calls/:id`, ({ params }) => {
      const call = calls.find(({ id }) => id === params.id)
      if (!call)
        return HttpResponse.json({ status: 404, code: 'not-found', detail: 'no such call' }, { status: 404 })
      return HttpResponse.json({ ...call, agent: anAgent({ name: call.agent.name }), transcript: [] })
    }),
    http.get(`${API}/api/history/calls/:id/timeline`, ({ request }) => {
      const after = Number(new URL(request.url).searchParams.get('after_seq'))
      const end = after + entriesPerPage
      return HttpResponse.json({
        items: timeline.slice(after, end),
        next_after_seq: end < timeline.length ? end : null,
      })
    }),
    http.patch(`${API}/api/history/calls/:id`, async ({ params, request }) => {
      const call = calls.find(({ id }) => id === params.id)
      return HttpResponse.json({ ...call, ...((await request.json()) as CallNotes) })
    }),
    http.delete(`${API}/api/history/calls/:id`, () => new HttpResponse(null, { status: 204 })),
  ]
}

/** A stereo PCM16 WAV file of these frames, `[left, right]` each. */
export function aWav(frames: readonly (readonly [number, number])[], rate = 16_000): ArrayBuffer {
  const bytes = frames.length * 4
  const view = new DataView(new ArrayBuffer(44 + bytes))
  const text = (at: number, letters: string) =>
    Array.from(letters, (letter, n) => view.setUint8(at + n, letter.charCodeAt(0)))
  text(0, 'RIFF')
  view.setUint32(4, 36 + bytes, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 2, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 4, true)
  view.setUint16(32, 4, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, bytes, true)
  frames.forEach(([left, right], n) => {
    view.setInt16(44 + n * 4, left, true)
    view.setInt16(46 + n * 4, right, true)
  })
  return view.buffer
}
