import type { ReactNode } from 'react'

/** The column that pages live in; leaves room for the bar at the bottom of phones. */
export function MainContent({ children }: { children: ReactNode }) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto w-full max-w-6xl px-4 pt-5 pb-28 outline-none sm:px-8 md:pt-2 md:pb-12"
    >
      {children}
    </main>
  )
}
