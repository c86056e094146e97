import { Pause, Play } from 'lucide-react'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { columnsIn, drawWaveform, waveformStyle } from '@/components/conversation/waveform'
import { useFormat } from '@/hooks/useFormat'
import { wavColumns } from './wav'

interface RecordingPlayerProps {
  url: string
  file: ArrayBuffer
  /** The call's own length; the file's is known only once the browser has read it. */
  durationMs: number
  /** The element that plays; others may seek in it, too. */
  audio: RefObject<HTMLAudioElement | null>
  onSeek: (seconds: number) => void
}

/** Plays a call and shows both sides of it; the waveform is the slider. */
export function RecordingPlayer({ url, file, durationMs, audio, onSeek }: RecordingPlayerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isPlaying, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [seconds, setSeconds] = useState(durationMs / 1_000)
  const shown = `${format.duration(at * 1_000)} / ${format.duration(seconds * 1_000)}`

  const toggle = () => {
    const element = audio.current
    if (!element) return
    if (element.paused) void element.play()
    else element.pause()
  }
  const seek = (to: number) => {
    setAt(to)
    onSeek(to)
  }

  return (
    <div className="flex items-center gap-4">
      <audio
        ref={audio}
        src={url}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => setSeconds(finite(event.currentTarget.duration, durationMs / 1_000))}
      />
      <Button
        tone="primary"
        size="icon"
        aria-label={isPlaying ? t('call.pause') : t('call.play')}
        onClick={toggle}
      >
        {isPlaying ? <Pause className="size-4" aria-hidden /> : <Play className="size-4" aria-hidden />}
      </Button>
      <div className="relative min-w-0 flex-1 rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-primary">
        <Waveform file={file} share={seconds > 0 ? at / seconds : 0} />
        <input
          type="range"
          className="absolute inset-0 h-full w-full opacity-0"
          min={0}
          max={seconds}
          step={0.1}
          value={Math.min(at, seconds)}
          aria-label={t('call.position')}
          aria-valuetext={shown}
          onChange={(event) => seek(Number(event.target.value))}
        />
      </div>
      <span className="figures text-xs text-muted">{shown}</span>
    </div>
  )
}

/** Both sides over the whole call; what was played is in full colour. */
function Waveform({ file, share }: { file: ArrayBuffer; share: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)

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
    const count = columnsIn(width)
    drawWaveform(element, wavColumns(file, count), waveformStyle(element), { playhead: share * count })
  }, [file, width, share])

  return <canvas ref={canvas} className="h-16 w-full" aria-hidden />
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) && value > 0 ? value : otherwise
}
