/** The browser's microphones, for tests: which there are, what each hears, and whether one may open them. */
import { onTestFinished, vi } from 'vitest'

interface FakeMicrophone {
  id: string
  name: string
  /** What it hears at any moment, 0 to 1. */
  peak: number
}

export class FakeMicrophones extends EventTarget {
  /** Why none can be opened, as the browser says it. */
  refusal: DOMException | null = null
  /** How many are open now. */
  open = 0
  #isAllowed = false
  #all: readonly FakeMicrophone[] = []

  /** Put these microphones into the browser until the test is over. */
  static plugIn(...all: FakeMicrophone[]): FakeMicrophones {
    const microphones = new FakeMicrophones()
    microphones.#all = all
    Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: microphones })
    vi.stubGlobal('AudioContext', FakeAudioContext)
    onTestFinished(() => {
      Reflect.deleteProperty(navigator, 'mediaDevices')
      vi.unstubAllGlobals()
    })
    return microphones
  }

  unplug(id: string): void {
    this.#all = this.#all.filter((microphone) => microphone.id !== id)
    this.dispatchEvent(new Event('devicechange'))
  }

  /** Names are told only once one of them was allowed, as browsers do. */
  enumerateDevices() {
    const told = this.#all.map(({ id, name }) => ({
      kind: 'audioinput',
      deviceId: this.#isAllowed ? id : '',
      label: this.#isAllowed ? name : '',
    }))
    return Promise.resolve(told)
  }

  getUserMedia({ audio }: { audio: { deviceId?: { exact: string } } }) {
    if (this.refusal) return Promise.reject(this.refusal)
    const id = audio.deviceId?.exact
    const found = this.#all.find((microphone) => id === undefined || microphone.id === id)
    if (!found) return Promise.reject(new DOMException('', 'NotFoundError'))
    this.#isAllowed = true
    this.open += 1
    const track = { stop: () => void (this.open -= 1) }
    return Promise.resolve({ peak: found.peak, getTracks: () => [track] })
  }
}

/** As much of Web Audio as listening takes: a constant signal. */
class FakeAudioContext {
  state = 'running'
  readonly createMediaStreamSource = ({ peak }: { peak: number }) => ({
    connect: (meter: { peak: number }) => void (meter.peak = peak),
  })
  readonly createAnalyser = () => ({
    fftSize: 0,
    peak: 0,
    getFloatTimeDomainData(window: Float32Array) {
      window.fill(this.peak)
    },
  })
  readonly resume = () => Promise.resolve()
  readonly close = () => {
    this.state = 'closed'
    return Promise.resolve()
  }
}
