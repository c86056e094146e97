/** What both sides of the audio thread agree on. */

/** Samples a second of a call, both ways (PROTOCOL.md, version 1). */
export const CALL_RATE = 16_000
/** 20 ms. */
export const FRAME_SAMPLES = 320

export const CAPTURE_PROCESSOR = 'victoria-capture'
export const PLAYOUT_PROCESSOR = 'victoria-playout'

/** To the playout worklet: PCM16 to be played, or the order to fall silent. */
export type PlayoutOrder = ArrayBuffer | 'flush'
