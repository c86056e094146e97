/**
 * Microphone and loudspeaker of one call.
 *
 * The AudioContext runs at the call's rate if the browser lets it (then nothing is resampled by us), else at
 * its own. Samples stay on the audio thread, in the two worklets; this side moves whole frames.
 */
import captureWorkletUrl from '../worklets/capture.worklet.ts?worker&url'
import playoutWorkletUrl from '../worklets/playout.worklet.ts?worker&url'
import { createMeter } from './meter'
import { AudioError, closeMicrophone, openMicrophone, type CallerInput } from './microphone'
import { CALL_RATE, CAPTURE_PROCESSOR, PLAYOUT_PROCESSOR, type PlayoutOrder } from './wire'

export interface AudioListener {
  /** 20 ms of the caller, PCM16 at the call's rate. */
  onFrame: (pcm: ArrayBuffer) => void
  /** A position that the server should know, see PROTOCOL.md. */
  onPlayed: (position: number) => void
  /** The microphone was unplugged or taken away. */
  onMicrophoneLost: () => void
}

/** Loudness of both sides at this moment: peaks of 0 to 1. */
export interface Peaks {
  caller: number
  agent: number
}

export interface CallAudio {
  play: (pcm: ArrayBuffer) => void
  /** Drop all audio that has not been played, now. */
  flush: () => void
  /** A muted microphone sends silence: audio is the call's clock. */
  setMuted: (muted: boolean) => void
  peaks: () => Peaks
  /** Give the microphone back. Idempotent. */
  close: () => Promise<void>
}

/** 32 ms at the call's rate. */
const METER_SAMPLES = 512

/**
 * Open both directions, asking for the microphone if there is to be one. Rejects with an AudioError; nothing stays
 * open then.
 */
export async function openCallAudio(listener: AudioListener, input: CallerInput): Promise<CallAudio> {
  const microphone = input.kind === 'microphone' ? await openMicrophone(input.id) : null
  try {
    return await connect(microphone, listener)
  } catch {
    if (microphone) closeMicrophone(microphone)
    throw new AudioError('audio-unsupported')
  }
}

async function connect(microphone: MediaStream | null, listener: AudioListener): Promise<CallAudio> {
  const { context, source } = openContext(microphone)
  try {
    await Promise.all([
      context.audioWorklet.addModule(captureWorkletUrl),
      context.audioWorklet.addModule(playoutWorkletUrl),
      context.resume(),
    ])
    return wire(context, source, microphone, listener)
  } catch (error) {
    await context.close()
    throw error
  }
}

/** Firefox refuses to connect a microphone to a context of another rate; then the context takes its own. */
function openContext(microphone: MediaStream | null): { context: AudioContext; source: AudioNode } {
  const atCallRate = new AudioContext({ sampleRate: CALL_RATE, latencyHint: 'interactive' })
  if (!microphone) return { context: atCallRate, source: silenceIn(atCallRate) }
  try {
    return { context: atCallRate, source: atCallRate.createMediaStreamSource(microphone) }
  } catch {
    void atCallRate.close()
    const context = new AudioContext({ latencyHint: 'interactive' })
    return { context, source: context.createMediaStreamSource(microphone) }
  }
}

/** A caller who says nothing: audio is the call's clock, also of who only writes. */
function silenceIn(context: AudioContext): AudioNode {
  const silence = new ConstantSourceNode(context, { offset: 0 })
  silence.start()
  return silence
}

function wire(
  context: AudioContext,
  source: AudioNode,
  microphone: MediaStream | null,
  listener: AudioListener,
): CallAudio {
  const capture = new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  })
  const playout = new AudioWorkletNode(context, PLAYOUT_PROCESSOR, {
    numberOfInputs: 0,
    outputChannelCount: [1],
  })
  const callerMeter = createMeter(context, METER_SAMPLES)
  const agentMeter = createMeter(context, METER_SAMPLES)
  source.connect(callerMeter.node)
  source.connect(capture)
  playout.connect(agentMeter.node)
  playout.connect(context.destination)

  capture.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => listener.onFrame(data)
  playout.port.onmessage = ({ data }: MessageEvent<number>) => listener.onPlayed(data)
  const track = microphone?.getAudioTracks()[0]
  track?.addEventListener('ended', listener.onMicrophoneLost)

  const order = (message: PlayoutOrder, transfer: Transferable[] = []) =>
    playout.port.postMessage(message, transfer)
  return {
    play: (pcm) => order(pcm, [pcm]),
    flush: () => order('flush'),
    setMuted: (muted) => {
      if (track) track.enabled = !muted
    },
    peaks: () => ({ caller: callerMeter.peak(), agent: agentMeter.peak() }),
    close: async () => {
      track?.removeEventListener('ended', listener.onMicrophoneLost)
      capture.port.onmessage = null
      playout.port.onmessage = null
      if (microphone) closeMicrophone(microphone)
      if (context.state !== 'closed') await context.close()
    },
  }
}
