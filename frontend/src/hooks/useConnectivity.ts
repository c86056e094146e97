import { useEffect } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useServices } from '@/hooks/useServices'
import { connectivityChanged, reachabilityChanged } from '@/store/slices/uiSlice'

/** Tell the store whether there is a network, and a server that answers, for as long as the component lives. */
export function useConnectivity(): void {
  const dispatch = useAppDispatch()
  const { reachability } = useServices()

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

  useEffect(
    () => reachability.watch((isReachable) => dispatch(reachabilityChanged(isReachable))),
    [dispatch, reachability],
  )
}
