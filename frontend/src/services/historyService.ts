import type { AxiosInstance } from 'axios'
import type { TimelineEntry } from '@/conversation/timeline'
import type { CallDetail, CallFilter, CallPage, TimelinePage } from '@/types'

const CALLS_PER_PAGE = 25
const ENTRIES_PER_PAGE = 1_000

/** `/api/history/*`. All methods reject with axios' errors. */
export function createHistoryService(api: AxiosInstance) {
  const path = (id: string) => `/api/history/calls/${encodeURIComponent(id)}`

  return {
    async page(filter: CallFilter, cursor: string | null): Promise<CallPage> {
      const params = { limit: CALLS_PER_PAGE, ...filter, ...(cursor === null ? {} : { cursor }) }
      return (await api.get<CallPage>('/api/history/calls', { params })).data
    },
    async detail(id: string): Promise<CallDetail> {
      return (await api.get<CallDetail>(path(id))).data
    },
    /** Return the whole timeline, page by page; entries of a malformed kind reject with a ZodError. */
    async timeline(id: string): Promise<TimelineEntry[]> {
      // Its parser brings zod, which no page needs before a call is opened.
      const { parseEntry } = await import('@/conversation/timeline')
      const entries: TimelineEntry[] = []
      let after: number | null = 0
      while (after !== null) {
        const params: Record<string, number> = { after_seq: after, limit: ENTRIES_PER_PAGE }
        const { data }: { data: TimelinePage } = await api.get<TimelinePage>(`${path(id)}/timeline`, {
          params,
        })
        entries.push(...data.items.map(parseEntry))
        after = data.next_after_seq
      }
      return entries
    },
    async recording(id: string, signal: AbortSignal): Promise<ArrayBuffer> {
      return (
        await api.get<ArrayBuffer>(`${path(id)}/recording`, {
          responseType: 'arraybuffer',
          timeout: 0,
          signal,
        })
      ).data
    },
    async remove(id: string): Promise<void> {
      await api.delete(path(id))
    },
  }
}

export type HistoryService = ReturnType<typeof createHistoryService>
