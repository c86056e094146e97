import type { TurnLatency } from '@/types'

/** The two LLM segments share a hue: one engine owns both. */
export const SEGMENT_COLOURS: Record<keyof TurnLatency, string> = {
  pause_ms: 'bg-segment-setting',
  transcript_ms: 'bg-segment-stt',
  first_token_ms: 'bg-segment-llm',
  first_clause_ms: 'bg-segment-llm-clause',
  first_audio_ms: 'bg-segment-tts',
  playout_ms: 'bg-segment-victoria',
}
