import type { AxiosInstance } from 'axios'
import type { CallStats, StatsQuery } from '@/types/dashboard'

/** What the history comes to. All methods reject with axios' errors. */
export function createDashboardService(api: AxiosInstance) {
  return {
    async stats(query: StatsQuery): Promise<CallStats> {
      return (await api.get<CallStats>('/api/history/stats', { params: query })).data
    },
    /** Return whether there has ever been a call. */
    async hasCalls(): Promise<boolean> {
      const params = { limit: 1 }
      return (await api.get<{ items: unknown[] }>('/api/history/calls', { params })).data.items.length > 0
    },
  }
}

export type DashboardService = ReturnType<typeof createDashboardService>
