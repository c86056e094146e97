import { createApi } from '@/services/api'
import { createConfigService, type ConfigService } from '@/services/configService'
import { browserCredentials, type Credentials } from '@/services/credentials'
import { createHistoryService, type HistoryService } from '@/services/historyService'
import { createSettingsService, type SettingsService } from '@/services/settingsService'

/** Everything the store's thunks need from outside; handed to them as the thunk's extra argument. */
export interface Services {
  credentials: Credentials
  config: ConfigService
  history: HistoryService
  settings: SettingsService
}

export function createServices(credentials: Credentials = browserCredentials()): Services {
  const api = createApi(credentials)
  return {
    credentials,
    config: createConfigService(api),
    history: createHistoryService(api),
    settings: createSettingsService(api),
  }
}
