/**
 * What is being played of a recording. Lives outside React: while it plays it moves with every picture on the
 * screen, and only those who look at it (the playhead, the word being said) should be drawn again.
 */
export class Playback {
  private element: HTMLAudioElement | null = null
  private readonly listeners = new Set<() => void>()
  private frame = 0

  /** Play with `element` from now on, until the returned function is called. */
  attach(element: HTMLAudioElement): () => void {
    this.element = element
    const events = ['play', 'pause', 'seeked', 'timeupdate', 'durationchange', 'ended'] as const
    for (const name of events) element.addEventListener(name, this.happened)
    return () => {
      for (const name of events) element.removeEventListener(name, this.happened)
      cancelAnimationFrame(this.frame)
      element.pause()
      this.element = null
    }
  }

  get isPlaying(): boolean {
    return this.element !== null && !this.element.paused
  }

  /** Seconds since the recording began. */
  get seconds(): number {
    return this.element?.currentTime ?? 0
  }

  /** The recording's length in seconds; null while it is not known. */
  get duration(): number | null {
    const duration = this.element?.duration ?? Number.NaN
    return Number.isFinite(duration) && duration > 0 ? duration : null
  }

  seek(seconds: number): void {
    if (!this.element) return
    this.element.currentTime = Math.max(0, Math.min(seconds, this.duration ?? seconds))
    this.tell()
  }

  play(): void {
    // Refused when another press follows at once; the next one is heeded.
    void this.element?.play().catch(() => undefined)
  }

  playFrom(seconds: number): void {
    this.seek(seconds)
    this.play()
  }

  toggle(): void {
    if (this.isPlaying) this.element?.pause()
    else this.play()
  }

  /** Call `listener` whenever something has changed; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private readonly happened = () => {
    cancelAnimationFrame(this.frame)
    if (this.isPlaying) this.frame = requestAnimationFrame(this.happened)
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
