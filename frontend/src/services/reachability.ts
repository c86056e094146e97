/**
 * Whether the server answers. Every request tells something about that; one that gets no answer, or only a
 * gateway's, makes a small one follow at once, which decides. While nobody asks anything, and for as long as
 * nothing answers, small ones are sent at intervals.
 */
import { isAxiosError, isCancel, type AxiosInstance } from 'axios'

/** Who only reads learns at most this late that the server is gone. */
const CALM_MS = 20_000
const ANXIOUS_MS = 2_000
/** A server that takes longer to say that it is alive is as good as gone. */
const PATIENCE_MS = 5_000
/** What a proxy says when nothing answers behind it. */
const GATEWAY_STATUSES: readonly number[] = [502, 504]

type Listener = (isReachable: boolean) => void

export class Reachability {
  readonly #api: AxiosInstance
  #listener: Listener | null = null
  #isReachable = true
  #isAsking = false
  #timer: number | undefined

  constructor(api: AxiosInstance) {
    this.#api = api
    api.interceptors.response.use(
      (response) => {
        this.#settle(true)
        return response
      },
      (error: unknown) => {
        if (isAnswer(error)) this.#settle(true)
        else if (!isCancel(error)) void this.#ask()
        throw error
      },
    )
  }

  /** Tell `listener` how it is now and whenever that changes, until the returned function is called. */
  watch(listener: Listener): () => void {
    this.#listener = listener
    listener(this.#isReachable)
    this.#askIn(CALM_MS)
    return () => {
      this.#listener = null
      window.clearTimeout(this.#timer)
    }
  }

  async #ask(): Promise<void> {
    if (this.#isAsking || this.#listener === null) return
    this.#isAsking = true
    try {
      await this.#api.get('/health/live', { timeout: PATIENCE_MS })
    } catch (error) {
      if (!isAnswer(error)) this.#settle(false)
    } finally {
      this.#isAsking = false
    }
  }

  #settle(isReachable: boolean): void {
    if (isReachable !== this.#isReachable) this.#listener?.(isReachable)
    this.#isReachable = isReachable
    this.#askIn(isReachable ? CALM_MS : ANXIOUS_MS)
  }

  #askIn(delay: number): void {
    window.clearTimeout(this.#timer)
    if (this.#listener !== null) this.#timer = window.setTimeout(() => void this.#ask(), delay)
  }
}

function isAnswer(error: unknown): boolean {
  return (
    isAxiosError(error) && error.response !== undefined && !GATEWAY_STATUSES.includes(error.response.status)
  )
}
