/** Runs on the audio thread: plays what the server sends and posts the positions that were played. */
import { Playout } from '../utils/playout'
import { CALL_RATE, PLAYOUT_PROCESSOR, type PlayoutOrder } from '../utils/wire'

class PlayoutProcessor extends AudioWorkletProcessor {
  readonly #playout = new Playout(CALL_RATE, sampleRate, (position) => {
    this.port.postMessage(position)
  })

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<PlayoutOrder>) => {
      if (data === 'flush') this.#playout.flush()
      else this.#playout.push(new Int16Array(data))
    }
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0]
    if (output) this.#playout.render(output)
    return true
  }
}

registerProcessor(PLAYOUT_PROCESSOR, PlayoutProcessor)
