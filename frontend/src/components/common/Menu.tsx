import { DropdownMenu } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes'

interface MenuProps {
  /** The button that opens the menu; it must take a ref and props, as Button does. */
  trigger: ReactNode
  children: ReactNode
}

/** What else can be done with a thing. Not modal: Radix would lock scrolling with a style element (see Dialog). */
export function Menu({ trigger, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="arriving z-50 min-w-44 rounded border border-line bg-panel p-1.5 shadow-floating"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function MenuItem({
  tone = 'plain',
  className,
  ...rest
}: ComponentProps<typeof DropdownMenu.Item> & { tone?: 'plain' | 'danger' }) {
  return (
    <DropdownMenu.Item
      className={classes(
        'flex min-h-10 cursor-pointer items-center gap-3 rounded-sm px-3 text-sm outline-none',
        'data-disabled:cursor-default data-disabled:opacity-50 data-highlighted:bg-sunken',
        tone === 'danger' && 'text-danger',
        className,
      )}
      {...rest}
    />
  )
}
