import type { ReactNode } from 'react'

/** Nothing here yet, and what to do about it. The flat line is a telephone that has not rung. */
export function EmptyState({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-5 px-4 py-12 text-center">
      <svg
        viewBox="0 0 120 24"
        className="h-6 w-30 text-line-strong"
        fill="none"
        stroke="currentColor"
        aria-hidden
      >
        <path d="M0 12h46l4-6 7 14 5-8h58" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <p className="max-w-sm text-muted">{text}</p>
      {action}
    </div>
  )
}
