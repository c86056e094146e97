import { Pause, Play } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { useFormat } from '@/hooks/useFormat'
import type { Playback } from './Playback'
import { usePlayback } from './usePlayback'
import { Waveform } from './Waveform'

/** How finely the slider tells where it is, in seconds; an arrow key moves by as much as one wants to hear again. */
const STEP_S = 1

interface RecordingPlayerProps {
  url: string
  file: ArrayBuffer
  /** The call's own length; the file's is known only once the browser has read it. */
  durationMs: number
  playback: Playback
}

/** Plays a call and shows both sides of it; the waveform is the slider. */
export function RecordingPlayer({ url, file, durationMs, playback }: RecordingPlayerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const audio = useRef<HTMLAudioElement>(null)
  const isPlaying = usePlayback(playback, (it) => it.isPlaying)
  const at = usePlayback(playback, (it) => Math.floor(it.seconds / STEP_S) * STEP_S)
  const duration = usePlayback(playback, (it) => it.duration) ?? durationMs / 1_000
  const [now, whole] = [format.duration(at * 1_000), format.duration(duration * 1_000)]

  useEffect(() => (audio.current ? playback.attach(audio.current) : undefined), [playback])

  return (
    <div className="flex items-center gap-3 sm:gap-4">
      <audio ref={audio} src={url} preload="auto" />
      <Button
        tone="primary"
        size="icon"
        aria-label={isPlaying ? t('call.pause') : t('call.play')}
        onClick={() => playback.toggle()}
      >
        {isPlaying ? <Pause className="size-4" aria-hidden /> : <Play className="size-4" aria-hidden />}
      </Button>
      <div className="relative min-w-0 flex-1 rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-primary">
        <Waveform file={file} playback={playback} duration={duration} />
        <input
          type="range"
          className="absolute inset-0 h-full w-full opacity-0"
          min={0}
          max={duration}
          step="any"
          value={Math.min(at, duration)}
          aria-label={t('call.position')}
          aria-valuetext={`${now} / ${whole}`}
          onChange={(event) => playback.seek(Number(event.target.value))}
          onKeyDown={(event) => {
            const step = { ArrowRight: STEP_S, ArrowUp: STEP_S, ArrowLeft: -STEP_S, ArrowDown: -STEP_S }[
              event.key
            ]
            if (step === undefined) return
            event.preventDefault()
            playback.seek(playback.seconds + step)
          }}
        />
      </div>
      <span className="figures text-right text-xs text-muted" aria-hidden>
        {now} /<span className="block sm:ml-1.5 sm:inline">{whole}</span>
      </span>
    </div>
  )
}
