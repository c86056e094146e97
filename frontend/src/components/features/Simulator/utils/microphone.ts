/** The person's microphones: which there are, and how one is opened or why it is not. */

export type AudioFailure =
  | 'microphone-refused'
  | 'microphone-refused-by-system'
  | 'microphone-missing'
  | 'microphone-busy'
  | 'microphone-insecure'
  | 'audio-unsupported'

export class AudioError extends Error {
  constructor(readonly code: AudioFailure) {
    super(code)
  }
}

/** What carries the caller's side: a microphone (null is the browser's choice), or silence for who only writes. */
export type CallerInput = { kind: 'microphone'; id: string | null } | { kind: 'silence' }

export interface Microphone {
  id: string
  name: string
}

/** Chromium lists these beside the device that they stand for; who chooses none has the default. */
const STAND_INS: ReadonlySet<string> = new Set(['default', 'communications'])

/** Return the microphones that the browser tells of: none before the person has allowed one. */
export async function listMicrophones(): Promise<Microphone[]> {
  const all = (await mediaDevices()?.enumerateDevices()) ?? []
  return all
    .filter(({ kind, deviceId, label }) => kind === 'audioinput' && label !== '' && !STAND_INS.has(deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }))
}

/** Call `changed` whenever a device comes or goes; returns what ends that. */
export function watchMicrophones(changed: () => void): () => void {
  const devices = mediaDevices()
  devices?.addEventListener('devicechange', changed)
  return () => devices?.removeEventListener('devicechange', changed)
}

/**
 * Ask for the microphone of this id, null for the browser's choice; if it is not connected, the browser's choice has
 * to do. Rejects with an AudioError.
 */
export async function openMicrophone(id: string | null): Promise<MediaStream> {
  const devices = mediaDevices()
  if (!devices) throw new AudioError('microphone-insecure')
  try {
    return await devices.getUserMedia({
      audio: {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        channelCount: 1,
        ...(id !== null && { deviceId: { exact: id } }),
      },
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'microphone-missing' && id !== null) return openMicrophone(null)
    throw new AudioError(failure)
  }
}

export function closeMicrophone(microphone: MediaStream): void {
  for (const track of microphone.getTracks()) track.stop()
}

/** Absent outside secure contexts, whatever TypeScript believes. */
function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices
}

function failureOf(error: unknown): AudioFailure {
  const { name, message } = error instanceof DOMException ? error : { name: '', message: '' }
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    // Chromium's words when the page may and the browser itself may not.
    return message.includes('by system') ? 'microphone-refused-by-system' : 'microphone-refused'
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'microphone-missing'
  return 'microphone-busy'
}
