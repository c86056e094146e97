/** The form's own names for settings that are told by their path in the API: the field, then the path within it. */
const LABELS = {
  language: {
    '': 'agentForm.language',
  },
  other_languages: {
    '': 'agentForm.otherLanguages',
  },
  voice: {
    engine: 'agentForm.engine',
    voice: 'agentForm.voice',
    speed: 'agentForm.speed',
    pitch: 'agentForm.pitch',
    style: 'agentForm.style',
  },
  stand_in_voices: {
    '': 'agentForm.standIns',
  },
  engines: {
    vad: 'agentForm.vad',
    stt: 'agentForm.stt',
    llm: 'agentForm.llm',
  },
  turn_taking: {
    first_speaker: 'agentForm.firstSpeaker.label',
    'endpointing.adaptive': 'agentForm.pauses.adaptive',
    'endpointing.min_pause_ms': 'agentForm.pauses.min',
    'endpointing.max_pause_ms': 'agentForm.pauses.max',
    'endpointing.finished_above': 'agentForm.pauses.finishedAbove',
    'endpointing.final_transcript_timeout_ms': 'agentForm.pauses.transcript',
    'endpointing.max_utterance_ms': 'agentForm.pauses.utterance',
    'endpointing.connectives': 'agentForm.pauses.connectives',
    'endpointing.closings': 'agentForm.pauses.closings',
    'endpointing.numerals': 'agentForm.pauses.numerals',
    'barge_in.enabled': 'agentForm.interruptions.enabled',
    'barge_in.min_words': 'agentForm.interruptions.words',
    'barge_in.max_hold_ms': 'agentForm.interruptions.hold',
    'barge_in.backchannels': 'agentForm.interruptions.backchannels',
    'silence.idle_prompt_after_ms': 'agentForm.silences.idle_prompt_after_ms.label',
    'silence.max_idle_prompts': 'agentForm.silences.max_idle_prompts.label',
    'silence.filler_after_ms': 'agentForm.silences.filler_after_ms.label',
    'silence.give_up_after_ms': 'agentForm.silences.give_up_after_ms.label',
    'silence.max_failures': 'agentForm.silences.max_failures.label',
    'silence.reprompt_after_voiced_ms': 'agentForm.silences.reprompt_after_voiced_ms.label',
    'silence.hold_ms': 'agentForm.silences.hold_ms.label',
    'limits.max_call_ms': 'agentForm.ends.max_call_ms.label',
    'limits.goodbye_ms': 'agentForm.ends.goodbye_ms.label',
    'limits.settle_ms': 'agentForm.ends.settle_ms.label',
    'limits.transfer_ms': 'agentForm.ends.transfer_ms.label',
    'limits.max_turns': 'agentForm.ends.max_turns.label',
  },
  latency: {
    speculative_replies: 'agentForm.latency.speculative_replies.label',
    early_first_clause: 'agentForm.latency.early_first_clause.label',
    warm_up: 'agentForm.latency.warm_up.label',
    cached_phrases: 'agentForm.latency.cached_phrases.label',
  },
  telephone: {
    announcement: 'agentTelephone.announcement',
    destinations: 'agentTelephone.destinations',
    on_machine: 'agentTelephone.onMachine',
    voicemail: 'agentTelephone.voicemail',
    'keypad.end_key': 'agentTelephone.endKey',
    'keypad.pause_ms': 'agentTelephone.keyPause',
  },
} as const

type Labels = typeof LABELS
type KeysOf<Group> = Group extends unknown ? Group[keyof Group] : never

/** The key of a setting's name; null for one that is younger than this console. */
export function settingLabel(path: string): KeysOf<Labels[keyof Labels]> | null {
  const [field = '', ...within] = path.split('.')
  const group = Object.entries(LABELS).find(([name]) => name === field)?.[1] ?? {}
  const found = Object.entries(group).find(([rest]) => rest === within.join('.'))
  return (found?.[1] as KeysOf<Labels[keyof Labels]> | undefined) ?? null
}
