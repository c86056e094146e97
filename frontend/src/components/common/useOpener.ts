import { useRef } from 'react'

/**
 * Give the focus back to what opened a dialog. Radix does so only for its own triggers; ours are opened by state.
 * Spread the result on the dialog's content.
 */
export function useOpener() {
  const opener = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      if (opener.current instanceof HTMLElement) opener.current.focus()
    },
  }
}
