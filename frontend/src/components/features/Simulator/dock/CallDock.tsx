import { lazy, Suspense } from 'react'
import { useDock } from './useDock'

const DockedTalk = lazy(async () => ({ default: (await import('@/pages/DockedTalk')).DockedTalk }))

/** The simulator beside the page, where it is wanted; it comes when it is first opened. */
export function CallDock() {
  const { isOpen } = useDock()
  if (!isOpen) return null
  return (
    <Suspense fallback={null}>
      <DockedTalk />
    </Suspense>
  )
}
