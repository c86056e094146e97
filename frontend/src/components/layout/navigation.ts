import { AudioLines, ListMusic, Phone } from 'lucide-react'

/** The console's places, in the order of a first visit. */
export const PLACES = [
  { to: '/', label: 'nav.talk', icon: Phone },
  { to: '/agents', label: 'nav.agents', icon: AudioLines },
  { to: '/calls', label: 'nav.calls', icon: ListMusic },
] as const
