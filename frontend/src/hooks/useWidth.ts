import { useCallback, useState } from 'react'

/** What is drawn until the browser has laid the page out. */
const FIRST_WIDTH = 480

/** The width of an element in CSS pixels as it changes, and the ref to put on it; `first` until it is known. */
export function useWidth(
  first = FIRST_WIDTH,
): [(element: HTMLElement | null) => (() => void) | undefined, number] {
  const [width, setWidth] = useState(first)
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const measure = () => {
      if (element.clientWidth > 0) setWidth(element.clientWidth)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
