import { createContext, useContext } from 'react'
import type { Services } from '@/services/services'

/** For what is not kept in the store: recordings. */
export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('useServices needs a ServicesContext above it')
  return services
}
