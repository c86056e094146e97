import type { AxiosInstance } from 'axios'
import type {
  ApiKey,
  ApiKeyDraft,
  NewApiKey,
  ProviderAccount,
  ProviderDraft,
  ProviderTrial,
  Retention,
} from '@/types/settings'

const KEYS = '/api/config/keys'
const PROVIDERS = '/api/config/providers'
const RETENTION = '/api/config/retention'

/** The routes of the settings. All methods reject with axios' errors. */
export function createSettingsService(api: AxiosInstance) {
  const provider = (id: string) => `${PROVIDERS}/${encodeURIComponent(id)}`

  return {
    async keys(): Promise<ApiKey[]> {
      return (await api.get<{ items: ApiKey[] }>(KEYS)).data.items
    },
    async createKey(draft: ApiKeyDraft): Promise<NewApiKey> {
      return (await api.post<NewApiKey>(KEYS, draft)).data
    },
    async revokeKey(id: string): Promise<void> {
      await api.delete(`${KEYS}/${encodeURIComponent(id)}`)
    },

    async accounts(): Promise<ProviderAccount[]> {
      return (await api.get<{ items: ProviderAccount[] }>(PROVIDERS)).data.items
    },
    async createAccount(draft: ProviderDraft): Promise<ProviderAccount> {
      return (await api.post<ProviderAccount>(PROVIDERS, draft)).data
    },
    async updateAccount({ id, ...draft }: ProviderDraft, version: number): Promise<ProviderAccount> {
      return (await api.put<ProviderAccount>(provider(id), { ...draft, version })).data
    },
    async removeAccount(id: string): Promise<void> {
      await api.delete(provider(id))
    },
    /** Find out whether a stored account works, with its stored key. */
    async testAccount(id: string): Promise<ProviderTrial> {
      return (await api.post<ProviderTrial>(`${provider(id)}/test`)).data
    },
    /** Find out whether an account would work; nothing is stored. */
    async testDraft(draft: ProviderDraft): Promise<ProviderTrial> {
      return (await api.post<ProviderTrial>(`${PROVIDERS}/test`, draft)).data
    },

    async retention(): Promise<Retention> {
      return (await api.get<Retention>(RETENTION)).data
    },
    async saveRetention(retention: Retention): Promise<Retention> {
      return (await api.put<Retention>(RETENTION, retention)).data
    },
  }
}

export type SettingsService = ReturnType<typeof createSettingsService>
