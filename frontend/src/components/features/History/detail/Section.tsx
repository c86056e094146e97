import { useId, type ReactNode } from 'react'

/** A part of a call's details, named by its heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="mb-2.5 text-sm font-semibold">
        {title}
      </h3>
      {children}
    </section>
  )
}
