/** The mark: a line at rest, then a voice. */
export function Brand() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight">
      <svg viewBox="0 0 32 20" className="h-5 w-8 text-lamp" fill="none" stroke="currentColor" aria-hidden>
        <path
          d="M1 10h5l4 7 8-15 4 12 2.5-4H31"
          strokeWidth="2.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Victoria
    </span>
  )
}
