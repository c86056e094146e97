import { isAxiosError, type AxiosInstance } from 'axios'
import type { TimelineEntry } from '@/conversation/timeline'
import type { TimelinePage } from '@/types'
import type { CallDetail, CallNotes, CallPage, CallQuery, CallSummary, ExportFormat } from '@/types/calls'

const CALLS_PER_PAGE = 50
const ENTRIES_PER_PAGE = 1_000

/** `/api/history/*`. All methods reject with axios' errors. */
export function createHistoryService(api: AxiosInstance) {
  const path = (id: string) => `/api/history/calls/${encodeURIComponent(id)}`

  return {
    /** Return one page; `cursor` is the `next_cursor` of the page before, for the same query. */
    async page(query: CallQuery, cursor: string | null): Promise<CallPage> {
      const params = { limit: CALLS_PER_PAGE, ...query, ...(cursor === null ? {} : { cursor }) }
      return (await api.get<CallPage>('/api/history/calls', { params })).data
    },
    async detail(id: string): Promise<CallDetail> {
      return (await api.get<CallDetail>(path(id))).data
    },
    async annotate(id: string, notes: CallNotes): Promise<CallSummary> {
      return (await api.patch<CallSummary>(path(id), notes)).data
    },
    /** Return all calls of `query` in one file; takes as long as it takes. */
    async exported(format: ExportFormat, query: CallQuery): Promise<ArrayBuffer> {
      try {
        const options = { params: { format, ...query }, responseType: 'arraybuffer', timeout: 0 } as const
        return (await api.get<ArrayBuffer>('/api/history/export', options)).data
      } catch (error) {
        throw withReadableBody(error)
      }
    },
    /** Return the timeline after the entry `since`, page by page; malformed entries reject with a ZodError. */
    async timeline(id: string, since = 0): Promise<TimelineEntry[]> {
      // Its parser brings zod, which no page needs before a call is opened.
      const { parseEntry } = await import('@/conversation/timeline')
      const entries: TimelineEntry[] = []
      let after: number | null = since
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

/** Who asks for a file is refused in bytes: make of them the problem that they hold. */
function withReadableBody(error: unknown): unknown {
  if (!isAxiosError<unknown>(error) || !error.response) return error
  try {
    error.response.data = JSON.parse(new TextDecoder().decode(error.response.data as ArrayBuffer))
  } catch {
    error.response.data = null // Not a problem document: its status has to do.
  }
  return error
}

export type HistoryService = ReturnType<typeof createHistoryService>
