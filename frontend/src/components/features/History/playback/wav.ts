/**
 * Loudness over time from a stereo PCM16 WAV file (RIFF WAVE, format 1), without decoding it: a recording of
 * an hour stays the size it has on disk.
 */
import type { Column } from '@/components/conversation/waveform'

interface Sound {
  channels: number
  /** Bytes of samples in the file. */
  from: number
  length: number
}

/** No column looks at more samples than this; the loudest of so many is loud enough. */
const SAMPLES_PER_COLUMN = 256

/** Return `count` columns of peaks (left: caller, right: agent); none if the file is of another kind. */
export function wavColumns(file: ArrayBuffer, count: number): Column[] {
  const view = new DataView(file)
  const sound = soundOf(view)
  if (sound?.channels !== 2) return []
  const frames = Math.floor(sound.length / 4)
  return Array.from({ length: count }, (_, index) => {
    const first = Math.floor((index * frames) / count)
    const end = Math.floor(((index + 1) * frames) / count)
    return peaksOf(view, sound.from, first, end)
  })
}

function peaksOf(view: DataView, from: number, first: number, end: number): Column {
  const stride = Math.max(1, Math.floor((end - first) / SAMPLES_PER_COLUMN))
  let [caller, agent] = [0, 0]
  for (let frame = first; frame < end; frame += stride) {
    caller = Math.max(caller, Math.abs(view.getInt16(from + frame * 4, true)))
    agent = Math.max(agent, Math.abs(view.getInt16(from + frame * 4 + 2, true)))
  }
  return { caller: caller / 0x8000, agent: agent / 0x8000 }
}

/** Walk the chunks to the format and the samples; null if it is no PCM16 WAV file. */
function soundOf(view: DataView): Sound | null {
  if (view.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') return null
  let channels = 0
  for (let at = 12; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (tag(view, at) === 'fmt ' && size >= 16) {
      const isPcm16 = view.getUint16(body, true) === 1 && view.getUint16(body + 14, true) === 16
      if (!isPcm16) return null
      channels = view.getUint16(body + 2, true)
    }
    if (tag(view, at) === 'data') {
      return { channels, from: body, length: Math.min(size, view.byteLength - body) }
    }
    at = body + size + (size % 2)
  }
  return null
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)))
}
