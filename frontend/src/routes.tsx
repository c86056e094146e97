import type { RouteObject } from 'react-router'
import { App } from '@/App'
import { CrashPage } from '@/pages/CrashPage'
import { TalkPage } from '@/pages/TalkPage'

const agents = async () => ({ Component: (await import('@/pages/VoiceConfigPage')).VoiceConfigPage })
const agent = async () => ({ Component: (await import('@/pages/AgentPage')).AgentPage })
const calls = async () => ({ Component: (await import('@/pages/CallHistoryPage')).CallHistoryPage })

/** The start page comes with the console; the others when they are first opened. */
export const routes: RouteObject[] = [
  {
    element: <App />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, element: <TalkPage /> },
      { path: 'agents', lazy: agents },
      { path: 'agents/new', lazy: agent },
      { path: 'agents/:agentId', lazy: agent },
      { path: 'calls', lazy: calls },
      { path: 'calls/:callId', lazy: calls },
    ],
  },
]
