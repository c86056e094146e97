import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { connectivityChanged } from '@/store/slices/uiSlice'

/** Tell the store whether the browser has a network, for as long as the component lives. */
export function useConnectivity(): void {
  const dispatch = useAppDispatch()
  useEffect(() => {
    const report = () => dispatch(connectivityChanged(navigator.onLine))
    report()
    window.addEventListener('online', report)
    window.addEventListener('offline', report)
    return () => {
      window.removeEventListener('online', report)
      window.removeEventListener('offline', report)
    }
  }, [dispatch])
}
