/** An agent of which nothing has been said yet: the defaults of the server's domain, in value_objects/policies.py. */
import type { AgentDraft, TurnTaking, VoiceConfig } from '@/types'
import { AUTOMATIC } from './engines'

export const DEFAULT_VOICE: VoiceConfig = { engine: AUTOMATIC, voice: '', speed: 1, pitch: 0, style: '' }

export const DEFAULT_TURN_TAKING: TurnTaking = {
  first_speaker: 'agent',
  endpointing: {
    min_pause_ms: 480,
    max_pause_ms: 1_200,
    finished_above: 0.5,
    final_transcript_timeout_ms: 2_500,
    max_utterance_ms: 45_000,
    connectives: [],
    adaptive: true,
    closings: [],
    numerals: [],
  },
  barge_in: { enabled: true, min_words: 1, max_hold_ms: 1_500, backchannels: [] },
  silence: {
    idle_prompt_after_ms: 10_000,
    max_idle_prompts: 2,
    filler_after_ms: 1_800,
    give_up_after_ms: 4_000,
    max_failures: 3,
    reprompt_after_voiced_ms: 600,
    hold_ms: 120_000,
  },
  limits: {
    max_call_ms: 1_800_000,
    goodbye_ms: 8_000,
    settle_ms: 1_000,
    transfer_ms: 60_000,
    max_turns: 200,
  },
}

export const DEFAULT_TELEPHONE: AgentDraft['telephone'] = {
  announcement: '',
  destinations: [],
  on_machine: 'hang_up',
  voicemail: '',
  keypad: { end_key: '#', pause_ms: 2_500 },
}

export function emptyDraft(language: string): AgentDraft {
  return {
    name: '',
    language,
    other_languages: [],
    prompt: '',
    first_message: '',
    knowledge: '',
    voice: DEFAULT_VOICE,
    stand_in_voices: [],
    engines: {
      vad: AUTOMATIC,
      stt: [AUTOMATIC],
      llm: [{ engine: AUTOMATIC, model: '', temperature: null }],
    },
    turn_taking: DEFAULT_TURN_TAKING,
    latency: { speculative_replies: true, early_first_clause: true, warm_up: true, cached_phrases: true },
    telephone: DEFAULT_TELEPHONE,
  }
}
