import type { RouteObject } from 'react-router'
import { App } from '@/App'
import { AgentPage } from '@/pages/AgentPage'
import { CallHistoryPage } from '@/pages/CallHistoryPage'
import { CrashPage } from '@/pages/CrashPage'
import { TalkPage } from '@/pages/TalkPage'
import { VoiceConfigPage } from '@/pages/VoiceConfigPage'

export const routes: RouteObject[] = [
  {
    element: <App />,
    errorElement: <CrashPage />,
    children: [
      { index: true, element: <TalkPage /> },
      { path: 'agents', element: <VoiceConfigPage /> },
      { path: 'agents/new', element: <AgentPage /> },
      { path: 'agents/:agentId', element: <AgentPage /> },
      { path: 'calls', element: <CallHistoryPage /> },
      { path: 'calls/:callId', element: <CallHistoryPage /> },
    ],
  },
]
