import { AudioLines, ChartNoAxesColumn, ListMusic, Phone, PhoneOutgoing, Settings2 } from 'lucide-react'

/** The console's places: what is going on, doing it, what it is made of, what it was, calls that it makes, and the rest. */
export const PLACES = [
  { to: '/', label: 'nav.dashboard', icon: ChartNoAxesColumn },
  { to: '/talk', label: 'nav.talk', icon: Phone },
  { to: '/agents', label: 'nav.agents', icon: AudioLines },
  { to: '/calls', label: 'nav.calls', icon: ListMusic },
  { to: '/outbound', label: 'nav.outbound', icon: PhoneOutgoing },
  { to: '/settings', label: 'nav.settings', icon: Settings2 },
] as const
