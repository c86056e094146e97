import { useCallback, useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { writePreference } from '@/services/preferences'
import { selectTheme, themeChosen, type Theme } from '@/store/slices/uiSlice'

/** Put the chosen theme, or the system's, on the document for as long as the component lives. */
export function useTheme(): void {
  const theme = useAppSelector(selectTheme)
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const apply = () => {
      document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
    }
    apply()
    dark.addEventListener('change', apply)
    return () => dark.removeEventListener('change', apply)
  }, [theme])
}

/** The theme as the person chose it, and a way to another one that is remembered. */
export function useThemeChoice(): { theme: Theme; choose: (theme: Theme) => void } {
  const dispatch = useAppDispatch()
  const theme = useAppSelector(selectTheme)
  const choose = useCallback(
    (chosen: Theme) => {
      writePreference('theme', chosen)
      dispatch(themeChosen(chosen))
    },
    [dispatch],
  )
  return { theme, choose }
}
