/** A microphone that is listened to and nothing else: before a call, nothing of it leaves the page. */
import { createMeter } from './meter'
import { AudioError, closeMicrophone, openMicrophone } from './microphone'

export interface LevelCheck {
  /** The loudest of the last moment (171 ms at 48 kHz), 0 to 1. */
  peak: () => number
  /** Give the microphone back. Idempotent. */
  close: () => Promise<void>
}

/** Nothing is missed by who looks ten times a second. */
const METER_SAMPLES = 8_192

/** Ask for the microphone of this id, null for the browser's choice. Rejects with an AudioError, and leaves nothing open. */
export async function openLevelCheck(id: string | null): Promise<LevelCheck> {
  const microphone = await openMicrophone(id)
  try {
    return await listenTo(microphone)
  } catch {
    closeMicrophone(microphone)
    throw new AudioError('audio-unsupported')
  }
}

async function listenTo(microphone: MediaStream): Promise<LevelCheck> {
  const context = new AudioContext()
  try {
    const meter = createMeter(context, METER_SAMPLES)
    context.createMediaStreamSource(microphone).connect(meter.node)
    await context.resume()
    return {
      peak: meter.peak,
      close: async () => {
        closeMicrophone(microphone)
        if (context.state !== 'closed') await context.close()
      },
    }
  } catch (error) {
    await context.close()
    throw error
  }
}
