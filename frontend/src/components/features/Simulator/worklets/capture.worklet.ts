/** Runs on the audio thread: the microphone's samples become PCM16 frames of 20 ms at the call's rate. */
import { Framer, toPcm16 } from '../utils/pcm16'
import { Resampler } from '../utils/resampler'
import { CALL_RATE, CAPTURE_PROCESSOR, FRAME_SAMPLES } from '../utils/wire'

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #resampler = new Resampler(sampleRate, CALL_RATE)
  readonly #framer = new Framer(FRAME_SAMPLES)

  override process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0]
    if (samples) {
      for (const frame of this.#framer.push(this.#resampler.process(samples))) {
        const pcm = toPcm16(frame)
        this.port.postMessage(pcm.buffer, [pcm.buffer])
      }
    }
    return true
  }
}

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor)
