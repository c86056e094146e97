/** A backend in a few lines, for tests: routes that answer with given data. */
import { http, HttpResponse, type JsonBodyType } from 'msw'
import { DEFAULT_TELEPHONE, DEFAULT_TURN_TAKING } from '@/components/features/Config/defaults'
import type { Agent, AgentDraft, ConfigOptions, EngineOption } from '@/types'

export const API = 'http://victoria.test'

export function answer(path: string, body: JsonBodyType) {
  return http.get(`${API}${path}`, () => HttpResponse.json(body))
}

export function problem(
  status: number,
  code: string,
  detail: string,
  errors?: { field: string; message: string }[],
  headers: Record<string, string> = {},
) {
  return HttpResponse.json(
    { type: 'about:blank', title: detail, status, detail, code, request_id: 'req-1', errors: errors ?? null },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  )
}

/** The routes of a server with these agents, as the console asks for them when it opens. */
export function agentRoutes(agents: Agent[], options: ConfigOptions = OPTIONS) {
  return [
    answer('/api/session', { tenant: 'default', key: { id: 'key', name: 'first', created_at: 0 } }),
    answer('/api/config/agents', { items: agents }),
    answer('/api/config/options', options),
  ]
}

export function anAgent(change: Partial<Agent> = {}): Agent {
  return { ...aDraft(), id: 'agent-1', archived: false, version: 1, created_at: 0, updated_at: 0, ...change }
}

export function aDraft(change: Partial<AgentDraft> = {}): AgentDraft {
  return {
    name: 'Reception',
    prompt: 'You answer for a clinic.',
    first_message: 'Good morning.',
    knowledge: '',
    language: 'en',
    other_languages: [],
    voice: { engine: 'auto', voice: '', speed: 1, pitch: 0, style: '' },
    stand_in_voices: [],
    engines: { vad: 'auto', stt: ['auto'], llm: [{ engine: 'auto', model: '', temperature: null }] },
    latency: { speculative_replies: true, early_first_clause: true, warm_up: true, cached_phrases: true },
    turn_taking: DEFAULT_TURN_TAKING,
    telephone: DEFAULT_TELEPHONE,
    ...change,
  }
}

export function saved(draft: AgentDraft, version: number): Agent {
  return anAgent({ ...draft, version })
}

export const OPTIONS: ConfigOptions = {
  languages: [
    {
      tag: 'en',
      name: 'English',
      voices: [
        { engine: 'espeak', id: 'en-us', name: 'American', language: 'en-US', gender: 'male', styles: [] },
        { engine: 'espeak', id: 'en-gb', name: 'British', language: 'en-GB', gender: 'female', styles: [] },
      ],
    },
    {
      tag: 'es',
      name: 'Español',
      voices: [{ engine: 'espeak', id: 'es', name: 'Castellano', language: 'es', gender: '', styles: [] }],
    },
  ],
  engines: {
    vad: [anEngine('silero', 'Silero')],
    stt: [anEngine('pocketsphinx', 'PocketSphinx')],
    llm: [anEngine('builtin', 'Demo brain')],
    tts: [anEngine('espeak', 'eSpeak NG')],
  },
  providers: [],
  ranges: {
    speed: { min: 0.5, max: 2, default: 1 },
    pitch: { min: -12, max: 12, default: 0 },
    temperature: { min: 0, max: 2, default: null },
  },
}

/** An engine that the server brings along, and that is ready. */
export function anEngine(id: string, name: string, change: Partial<EngineOption> = {}): EngineOption {
  return { id, name, kind: '', local: true, model: '', readiness: ready('en', 'es'), ...change }
}

function ready(...languages: string[]) {
  return languages.map((language) => ({ language, state: 'ready' as const, detail: '', progress: null }))
}
