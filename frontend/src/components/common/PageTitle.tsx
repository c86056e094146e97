import type { ReactNode } from 'react'

export function PageTitle({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="mb-6 flex min-h-10 flex-wrap items-center justify-between gap-3">
      <h1 className="min-w-0 text-xl font-semibold">{children}</h1>
      {actions}
    </div>
  )
}
