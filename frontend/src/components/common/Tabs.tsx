import { Tabs as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'

interface TabsProps {
  /** Names the row of tabs for screen readers. */
  label: string
  value: string
  onChange: (value: string) => void
  tabs: readonly { value: string; label: string }[]
  /** One `TabPanel` for each tab. */
  children: ReactNode
}

/** One of several views of the same thing; arrow keys move between them. */
export function Tabs({ label, value, onChange, tabs, children }: TabsProps) {
  return (
    <Primitive.Root value={value} onValueChange={onChange}>
      <Primitive.List aria-label={label} className="mb-5 flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            ref={tab.value === value ? intoView : undefined}
            className="-mb-px h-10 shrink-0 rounded-t-sm border-b-2 border-transparent px-2 text-sm font-medium text-muted sm:px-3 hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-primary data-[state=active]:text-ink"
          >
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {children}
    </Primitive.Root>
  )
}

/** Where the row is wider than the screen, the tab that is chosen is not to be looked for. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Primitive.Content value={value} className="rounded">
      {children}
    </Primitive.Content>
  )
}
