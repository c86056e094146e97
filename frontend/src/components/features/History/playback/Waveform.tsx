import { useEffect, useMemo, useRef, useState } from 'react'
import { COLUMN_PX, columnsIn, drawWaveform, waveformStyle } from '@/components/conversation/waveform'
import type { Playback } from './Playback'
import { wavColumns } from './wav'

interface WaveformProps {
  file: ArrayBuffer
  playback: Playback
  /** Of the whole recording, in seconds. */
  duration: number
}

/** Both sides over the whole call, the caller's cord above the line and the agent's below; drawn as it plays. */
export function Waveform({ file, playback, duration }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const count = columnsIn(width)
  const columns = useMemo(() => (width === 0 ? [] : wavColumns(file, count)), [file, count, width])

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    const element = canvas.current
    if (!element || width === 0) return
    const draw = () => {
      const { seconds } = playback
      const playhead = duration > 0 ? (seconds / duration) * count : 0
      // At its beginning nothing lies behind and nothing ahead: all of it is in full colour.
      drawWaveform(element, columns, waveformStyle(element), seconds > 0 ? { playhead } : {})
      drawPlayhead(element, playhead * COLUMN_PX)
    }
    draw()
    // The colours are the theme's: another theme is another picture.
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const stop = playback.subscribe(draw)
    return () => {
      stop()
      theme.disconnect()
    }
  }, [columns, count, duration, playback, width])

  return <canvas ref={canvas} className="h-20 w-full" aria-hidden />
}

function drawPlayhead(canvas: HTMLCanvasElement, x: number): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.fillStyle = getComputedStyle(canvas).getPropertyValue('--lamp').trim()
  context.fillRect(Math.min(x, canvas.clientWidth - 2), 0, 2, canvas.clientHeight)
}
