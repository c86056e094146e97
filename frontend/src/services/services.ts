import { createApi } from '@/services/api'
import { createConfigService, type ConfigService } from '@/services/configService'
import { browserCredentials, type Credentials } from '@/services/credentials'
import { createDashboardService, type DashboardService } from '@/services/dashboardService'
import { createHistoryService, type HistoryService } from '@/services/historyService'
import { createLiveService, type LiveService } from '@/services/liveService'
import { Reachability } from '@/services/reachability'
import { createSettingsService, type SettingsService } from '@/services/settingsService'
import { createTelephonyService, type TelephonyService } from '@/services/telephonyService'

/** Everything the store's thunks need from outside; handed to them as the thunk's extra argument. */
export interface Services {
  credentials: Credentials
  config: ConfigService
  history: HistoryService
  dashboard: DashboardService
  live: LiveService
  settings: SettingsService
  telephony: TelephonyService
  reachability: Reachability
}

export function createServices(credentials: Credentials = browserCredentials()): Services {
  const api = createApi(credentials)
  return {
    credentials,
    config: createConfigService(api),
    history: createHistoryService(api),
    dashboard: createDashboardService(api),
    live: createLiveService(api),
    settings: createSettingsService(api),
    telephony: createTelephonyService(api),
    reachability: new Reachability(api),
  }
}
