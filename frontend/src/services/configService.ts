import { isAxiosError, type AxiosInstance } from 'axios'
import type { Agent, AgentDraft, ConfigOptions, Session, Ticket, VoicePreview } from '@/types'
import type { AgentVersion, CallTarget } from '@/types/agents'

const path = (id: string) => `/api/config/agents/${encodeURIComponent(id)}`

/** `/api/config/*`, and the two small routes around it. All methods reject with axios' errors. */
export function createConfigService(api: AxiosInstance) {
  return {
    async session(): Promise<Session> {
      return (await api.get<Session>('/api/session')).data
    },
    /** Return all agents, archived ones too. */
    async agents(): Promise<Agent[]> {
      const params = { archived: 'all' }
      return (await api.get<{ items: Agent[] }>('/api/config/agents', { params })).data.items
    },
    async create(draft: AgentDraft): Promise<Agent> {
      return (await api.post<Agent>('/api/config/agents', draft)).data
    },
    async update(id: string, version: number, draft: AgentDraft): Promise<Agent> {
      return (await api.put<Agent>(path(id), { ...draft, version })).data
    },
    async remove(id: string): Promise<void> {
      await api.delete(path(id))
    },
    async archive(id: string): Promise<Agent> {
      return (await api.post<Agent>(`${path(id)}/archive`)).data
    },
    async unarchive(id: string): Promise<Agent> {
      return (await api.post<Agent>(`${path(id)}/unarchive`)).data
    },
    /** Return every save of an agent, newest first. */
    async versions(id: string): Promise<AgentVersion[]> {
      const { items } = (await api.get<{ items: AgentVersion[] }>(`${path(id)}/versions`)).data
      return [...items].sort((one, other) => other.version - one.version)
    },
    /** Return an agent as it was. */
    async version(id: string, version: number): Promise<Agent> {
      return (await api.get<Agent>(`${path(id)}/versions/${version}`)).data
    },
    async options(): Promise<ConfigOptions> {
      return (await api.get<ConfigOptions>('/api/config/options')).data
    },
    /** Return a sentence spoken by a voice, as a WAV file. */
    async preview(request: VoicePreview, signal: AbortSignal): Promise<ArrayBuffer> {
      try {
        const settings = { responseType: 'arraybuffer', signal } as const
        return (await api.post<ArrayBuffer>('/api/config/voices/preview', request, settings)).data
      } catch (error) {
        throw withReadableBody(error)
      }
    },
    async ticket(target: CallTarget): Promise<Ticket> {
      return (await api.post<Ticket>('/api/calls/tickets', target)).data
    },
  }
}

export type ConfigService = ReturnType<typeof createConfigService>

/** Who asks for a file gets a refusal as bytes too: put the problem in them where others are. */
function withReadableBody(error: unknown): unknown {
  if (!isAxiosError(error) || !(error.response?.data instanceof ArrayBuffer)) return error
  try {
    error.response.data = JSON.parse(new TextDecoder().decode(error.response.data)) as unknown
  } catch {
    // No problem document: its status has to say it.
  }
  return error
}
