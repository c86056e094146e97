import { createApi } from '@/services/api'
import { createConfigService, type ConfigService } from '@/services/configService'
import { browserCredentials, type Credentials } from '@/services/credentials'
import { createHistoryService, type HistoryService } from '@/services/historyService'

/** Everything the store's thunks need from outside; handed to them as the thunk's extra argument. */
export interface Services {
  credentials: Credentials
  config: ConfigService
  history: HistoryService
}

export function createServices(credentials: Credentials = browserCredentials()): Services {
  const api = createApi(credentials)
  return { credentials, config: createConfigService(api), history: createHistoryService(api) }
}
