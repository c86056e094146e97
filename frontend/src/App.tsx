import { Activity, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { Spinner } from '@/components/common/Spinner'
import { CallDock } from '@/components/features/Simulator/dock/CallDock'
import { LineLamp } from '@/components/features/Simulator/dock/LineLamp'
import { CallLineProvider } from '@/components/features/Simulator/line/CallLineProvider'
import { ConnectionNotice } from '@/components/layout/ConnectionNotice'
import { Header } from '@/components/layout/Header'
import { MainContent } from '@/components/layout/MainContent'
import { Sidebar } from '@/components/layout/Sidebar'
import { Toasts } from '@/components/layout/Toasts'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useConnectivity } from '@/hooks/useConnectivity'
import { useTheme } from '@/hooks/useTheme'
import { LoginPage } from '@/pages/LoginPage'
import { selectAuthStatus, selectIsExpired } from '@/store/slices/authSlice'

/**
 * The frame of every page; who has not shown a valid key sees the login in its place. If the key ceases to be good
 * in the middle of something, the page waits behind the login with everything that was typed into it.
 */
export function App() {
  const { t, i18n } = useTranslation()
  const status = useAppSelector(selectAuthStatus)
  const isExpired = useAppSelector(selectIsExpired)
  useTheme()
  useConnectivity()

  useEffect(() => {
    document.documentElement.lang = i18n.language
  }, [i18n.language])

  if (status === 'checking') {
    return (
      <div className="grid min-h-dvh place-items-center">
        <Spinner label={t('app.loading')} />
      </div>
    )
  }
  const isLoggedIn = status === 'authenticated'
  return (
    <>
      {(isLoggedIn || isExpired) && (
        <Activity mode={isLoggedIn ? 'visible' : 'hidden'}>
          <CallLineProvider>
            <Shell />
          </CallLineProvider>
        </Activity>
      )}
      {!isLoggedIn && <LoginPage />}
      <Toasts />
    </>
  )
}

function Shell() {
  const { t } = useTranslation()
  return (
    <div className="md:flex">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded bg-primary px-4 py-2 text-on-primary focus:translate-y-0"
      >
        {t('app.skipToContent')}
      </a>
      <Sidebar>
        <LineLamp place="board" />
      </Sidebar>
      <div className="min-w-0 flex-1">
        <Header>
          <LineLamp place="header" />
        </Header>
        <LineLamp place="strip" />
        <ConnectionNotice />
        <MainContent>
          <Outlet />
        </MainContent>
      </div>
      <CallDock />
    </div>
  )
}
