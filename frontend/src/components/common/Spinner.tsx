import { LoaderCircle } from 'lucide-react'

/** Something is under way. Give it a `label` unless a text beside it says what. */
export function Spinner({ label }: { label?: string }) {
  const icon = <LoaderCircle className="size-4 motion-safe:animate-spin" aria-hidden />
  if (label === undefined) return icon
  return (
    <span role="status" className="inline-flex items-center gap-2 text-sm text-muted">
      {icon}
      {label}
    </span>
  )
}
