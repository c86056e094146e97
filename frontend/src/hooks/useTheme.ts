import { useEffect } from 'react'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectTheme } from '@/store/slices/uiSlice'

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
