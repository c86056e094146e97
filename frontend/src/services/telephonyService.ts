import type { AxiosInstance } from 'axios'
import type { Carrier, PhoneLine, PhoneLineDraft } from '@/types/telephony'

const NUMBERS = '/api/config/numbers'

/** The routes of telephones. All methods reject with axios' errors. */
export function createTelephonyService(api: AxiosInstance) {
  const line = (id: string) => `${NUMBERS}/${encodeURIComponent(id)}`

  return {
    async lines(): Promise<PhoneLine[]> {
      return (await api.get<{ items: PhoneLine[] }>(NUMBERS)).data.items
    },
    async createLine(draft: PhoneLineDraft): Promise<PhoneLine> {
      return (await api.post<PhoneLine>(NUMBERS, draft)).data
    },
    async updateLine(id: string, draft: PhoneLineDraft): Promise<PhoneLine> {
      return (await api.put<PhoneLine>(line(id), draft)).data
    },
    async removeLine(id: string): Promise<void> {
      await api.delete(line(id))
    },
    async carriers(): Promise<Carrier[]> {
      return (await api.get<{ items: Carrier[] }>('/api/config/carriers')).data.items
    },
  }
}

export type TelephonyService = ReturnType<typeof createTelephonyService>
