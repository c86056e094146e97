import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { columnsIn, drawWaveform, waveformStyle, type Column } from '@/components/conversation/waveform'
import type { Peaks } from './utils/audioContext'

/** One column of the strip. */
const COLUMN_MS = 50
/** A mark for every second. */
const TICKS = { tickColumns: 1_000 / COLUMN_MS }
/** With reduced motion nothing scrolls: the last second stands still and is redrawn this often. */
const CALM_MS = 500

interface AudioVisualizerProps {
  /** Loudness of both sides now, or null when there is no call. */
  peaks: () => Peaks | null
  active: boolean
}

/** Both sides of the call in real time, as a strip chart that runs to the left. */
export function AudioVisualizer({ peaks, active }: AudioVisualizerProps) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const hasRun = useRef(false)

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    if (active) {
      hasRun.current = true
      return run(element, peaks)
    }
    // After a call its last seconds stay where they are.
    return hasRun.current ? undefined : rest(element)
  }, [active, peaks])

  return <canvas ref={canvas} role="img" aria-label={t('talk.waveform')} className="h-28 w-full sm:h-36" />
}

/** Draw the line at rest, again whenever its size changes. */
function rest(canvas: HTMLCanvasElement): () => void {
  const draw = () => drawWaveform(canvas, [], waveformStyle(canvas), TICKS)
  const observer = new ResizeObserver(draw)
  observer.observe(canvas)
  const theme = new MutationObserver(draw)
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    observer.disconnect()
    theme.disconnect()
  }
}

/** Gather peaks on every animation frame and draw; returns what stops it. */
function run(canvas: HTMLCanvasElement, peaks: () => Peaks | null): () => void {
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const drawEveryMs = calm ? CALM_MS : COLUMN_MS
  const columns: Column[] = []
  let current: Column = { caller: 0, agent: 0 }
  let columnSince = performance.now()
  let drawnAt = 0

  const tick = (now: number) => {
    const { caller, agent } = peaks() ?? { caller: 0, agent: 0 }
    current = { caller: Math.max(current.caller, caller), agent: Math.max(current.agent, agent) }
    for (; now - columnSince >= COLUMN_MS; columnSince += COLUMN_MS) {
      columns.push(current)
      current = { caller, agent }
    }
    const room = columnsIn(canvas.clientWidth)
    if (columns.length > room) columns.splice(0, columns.length - room)
    if (now - drawnAt >= drawEveryMs) {
      drawnAt = now
      const silence = Array.from({ length: room - columns.length }, () => ({ caller: 0, agent: 0 }))
      drawWaveform(canvas, [...silence, ...columns], waveformStyle(canvas), TICKS)
    }
    frame = requestAnimationFrame(tick)
  }
  let frame = requestAnimationFrame(tick)
  return () => cancelAnimationFrame(frame)
}
