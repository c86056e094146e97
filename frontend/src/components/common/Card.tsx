import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes'

interface CardProps extends Omit<ComponentProps<'section'>, 'title'> {
  /** Names the section; drawn above its content. */
  title?: ReactNode
  /** Stands at the right of the title. */
  aside?: ReactNode
}

export function Card({ title, aside, className, children, ...rest }: CardProps) {
  return (
    <section
      className={classes(
        'min-w-0 rounded-lg border border-line bg-panel p-4 shadow-raised sm:p-6',
        className,
      )}
      {...rest}
    >
      {title !== undefined && (
        <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-2">
          <h2 className="text-base font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  )
}
