import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { Provider } from 'react-redux'
import { createBrowserRouter, RouterProvider } from 'react-router'
import { ServicesContext } from '@/hooks/useServices'
import { loadI18n, preferredLanguage } from '@/i18n/i18n'
import { routes } from '@/routes'
import { takeTokenFromAddress } from '@/services/credentials'
import { readPreference } from '@/services/preferences'
import { createServices } from '@/services/services'
import { logIn, resumeSession } from '@/store/slices/authSlice'
import { isTheme, themeChosen } from '@/store/slices/uiSlice'
import { createAppStore } from '@/store/store'
import '@/styles/index.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const services = createServices()
const store = createAppStore(services)
const i18n = loadI18n(preferredLanguage([readPreference('language') ?? '', ...navigator.languages]))
const theme = readPreference('theme')
if (isTheme(theme)) store.dispatch(themeChosen(theme))

/** The owner's address carries the key in its fragment, whether it opens the console or comes to an open one. */
function logInFromAddress(): boolean {
  const token = takeTokenFromAddress(window.location, window.history)
  if (token === null) return false
  void store.dispatch(logIn(token))
  return true
}

if (!logInFromAddress()) void store.dispatch(resumeSession())
window.addEventListener('hashchange', logInFromAddress)

createRoot(root).render(
  <StrictMode>
    <ServicesContext value={services}>
      <Provider store={store}>
        <I18nextProvider i18n={await i18n}>
          <RouterProvider router={createBrowserRouter(routes)} />
        </I18nextProvider>
      </Provider>
    </ServicesContext>
  </StrictMode>,
)
