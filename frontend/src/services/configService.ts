import type { AxiosInstance } from 'axios'
import type { Agent, AgentDraft, ConfigOptions, Session, Ticket } from '@/types'

/** `/api/config/*`, and the two small routes around it. All methods reject with axios' errors. */
export function createConfigService(api: AxiosInstance) {
  return {
    async session(): Promise<Session> {
      return (await api.get<Session>('/api/session')).data
    },
    async agents(): Promise<Agent[]> {
      return (await api.get<{ items: Agent[] }>('/api/config/agents')).data.items
    },
    async create(draft: AgentDraft): Promise<Agent> {
      return (await api.post<Agent>('/api/config/agents', draft)).data
    },
    async update(id: string, version: number, draft: AgentDraft): Promise<Agent> {
      return (await api.put<Agent>(`/api/config/agents/${encodeURIComponent(id)}`, { ...draft, version }))
        .data
    },
    async remove(id: string): Promise<void> {
      await api.delete(`/api/config/agents/${encodeURIComponent(id)}`)
    },
    async options(): Promise<ConfigOptions> {
      return (await api.get<ConfigOptions>('/api/config/options')).data
    },
    async ticket(agentId: string): Promise<Ticket> {
      return (await api.post<Ticket>('/api/calls/tickets', { agent_id: agentId })).data
    },
  }
}

export type ConfigService = ReturnType<typeof createConfigService>
