import type { RouteObject } from 'react-router'
import { App } from '@/App'
import { CrashPage } from '@/pages/CrashPage'

const dashboard = async () => ({ Component: (await import('@/pages/DashboardPage')).DashboardPage })
const talk = async () => ({ Component: (await import('@/pages/TalkPage')).TalkPage })
const agents = async () => ({ Component: (await import('@/pages/VoiceConfigPage')).VoiceConfigPage })
const agent = async () => ({ Component: (await import('@/pages/AgentPage')).AgentPage })
const calls = async () => ({ Component: (await import('@/pages/CallHistoryPage')).CallHistoryPage })
const outbound = async () => ({ Component: (await import('@/pages/OutboundPage')).OutboundPage })
const campaign = async () => ({ Component: (await import('@/pages/CampaignPage')).CampaignPage })
const settings = async () => ({ Component: (await import('@/pages/SettingsPage')).SettingsPage })

/** Every page comes when it is first opened; what all of them need is loaded once, before. */
export const routes: RouteObject[] = [
  {
    element: <App />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, lazy: dashboard },
      { path: 'talk', lazy: talk },
      { path: 'agents', lazy: agents },
      { path: 'agents/new', lazy: agent },
      { path: 'agents/:agentId', lazy: agent },
      // One place, with or without a call open over it: the list stays, and with it where one was in it.
      { path: 'calls/:callId?', lazy: calls },
      { path: 'outbound/:section?', lazy: outbound },
      { path: 'outbound/campaigns/new', lazy: campaign },
      { path: 'outbound/campaigns/:campaignId', lazy: campaign },
      { path: 'settings/:section?', lazy: settings },
    ],
  },
]
