import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { I18nextProvider } from 'react-i18next'
import { Provider } from 'react-redux'
import { createMemoryRouter, RouterProvider, type RouteObject } from 'react-router'
import type { openCallAudio } from '@/components/features/Simulator/utils/audioContext'
import { CallAudioContext } from '@/components/features/Simulator/utils/CallAudioContext'
import { ServicesContext } from '@/hooks/useServices'
import { createI18n, type UiLanguage } from '@/i18n/i18n'
import { en } from '@/i18n/locales/en'
import { es } from '@/i18n/locales/es'
import { routes as appRoutes } from '@/routes'
import { browserCredentials } from '@/services/credentials'
import { createServices } from '@/services/services'
import { resumeSession } from '@/store/slices/authSlice'
import { createAppStore } from '@/store/store'

interface World {
  path?: string
  routes?: RouteObject[]
  language?: UiLanguage
  /** The key of the last visit; null for a first one. */
  apiKey?: string | null
  /** How calls get their sound; jsdom has none. */
  openAudio?: typeof openCallAudio
}

function noAudio(): never {
  throw new Error('this test did not say how calls get their sound')
}

/** Show the console (or other routes) with a store of its own, as main.tsx does. */
export function renderApp({
  path = '/talk',
  routes = appRoutes,
  language = 'en',
  apiKey = 'key',
  openAudio = noAudio,
}: World = {}) {
  const credentials = browserCredentials()
  if (apiKey !== null) credentials.write(apiKey)
  const services = createServices(credentials)
  const store = createAppStore(services)
  const router = createMemoryRouter(routes, { initialEntries: [path] })
  void store.dispatch(resumeSession())
  const user = userEvent.setup()
  const screen = render(
    <ServicesContext value={services}>
      <Provider store={store}>
        <I18nextProvider i18n={createI18n(language, { en, es })}>
          <CallAudioContext value={openAudio}>
            <RouterProvider router={router} />
          </CallAudioContext>
        </I18nextProvider>
      </Provider>
    </ServicesContext>,
  )
  return { ...screen, user, store, router, credentials }
}
