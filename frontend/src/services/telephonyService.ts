import type { AxiosInstance } from 'axios'
import type {
  Campaign,
  CampaignDraft,
  CampaignPreview,
  CampaignStep,
  Carrier,
  OutboundCall,
  OutboundCallDraft,
  OutboundPage,
  PhoneLine,
  PhoneLineDraft,
} from '@/types/telephony'

const NUMBERS = '/api/config/numbers'
const CALLS = '/api/calls'
const CAMPAIGNS = '/api/campaigns'
const ORDERS_PER_PAGE = 50

/** The routes of telephones. All methods reject with axios' errors. */
export function createTelephonyService(api: AxiosInstance) {
  const line = (id: string) => `${NUMBERS}/${encodeURIComponent(id)}`
  const campaign = (id: string) => `${CAMPAIGNS}/${encodeURIComponent(id)}`

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

    async order(draft: OutboundCallDraft): Promise<OutboundCall> {
      return (await api.post<OutboundCall>(CALLS, draft)).data
    },
    /** Return one page of a campaign's calls, or of those that are of none; `cursor` is the `next_cursor` of the page before. */
    async orders(campaignId: string | null, cursor: string | null): Promise<OutboundPage> {
      const path = campaignId === null ? CALLS : `${campaign(campaignId)}/calls`
      const params = {
        limit: ORDERS_PER_PAGE,
        ...(campaignId === null ? { in_campaign: false } : {}),
        ...(cursor === null ? {} : { cursor }),
      }
      return (await api.get<OutboundPage>(path, { params })).data
    },
    async cancelOrder(id: string): Promise<OutboundCall> {
      return (await api.delete<OutboundCall>(`${CALLS}/${encodeURIComponent(id)}`)).data
    },

    async campaigns(): Promise<Campaign[]> {
      return (await api.get<{ items: Campaign[] }>(CAMPAIGNS)).data.items
    },
    async campaign(id: string): Promise<Campaign> {
      return (await api.get<Campaign>(campaign(id))).data
    },
    /** Return what a campaign would be; nothing is stored and nobody is called. */
    async previewCampaign(draft: CampaignDraft): Promise<CampaignPreview> {
      return (await api.post<CampaignPreview>(CAMPAIGNS, draft, { params: { dry_run: true } })).data
    },
    async createCampaign(draft: CampaignDraft): Promise<Campaign> {
      return (await api.post<Campaign>(CAMPAIGNS, draft)).data
    },
    async stepCampaign(id: string, step: CampaignStep): Promise<Campaign> {
      return (await api.post<Campaign>(`${campaign(id)}/${step}`)).data
    },
    /** Return what has become of a campaign's calls as a CSV file; takes as long as it takes. */
    async campaignResults(id: string): Promise<string> {
      const options = { responseType: 'text', timeout: 0 } as const
      return (await api.get<string>(`${campaign(id)}/export`, options)).data
    },
  }
}

export type TelephonyService = ReturnType<typeof createTelephonyService>
