/** A conversation as the simulator and the history show it. */
export const conversation = {
  roles: { caller: 'Caller', you: 'You' },
  transcript: {
    empty: 'Nobody has said anything yet.',
    unheard: 'not heard:',
    interrupted: 'interrupted',
    playFrom: 'Play from {{time}}',
    kinds: {
      answer: 'answer',
      first_message: 'greeting',
      idle_prompt: 'asked whether you are there',
      reprompt: 'asked again',
      goodbye: 'goodbye',
      apology: 'apology',
      farewell: 'apology and goodbye',
    },
    notes: {
      backchannel: 'The caller said “{{text}}” and the agent went on.',
      filler: 'A filler bridged the silence.',
      'media-stalled': 'The line stalled.',
      'media-resumed': 'The line is back.',
      'transcription-failed': 'Speech recognition failed ({{code}}).',
      'reply-failed': 'The reply failed ({{code}}).',
      'engine-replaced': '{{engine}} failed ({{code}}); {{successor}} stood in.',
      'engine-retried': '{{engine}} failed ({{code}}) and was asked again.',
      'engine-lost': '{{engine}} failed ({{code}}).',
    },
  },
  latency: {
    breakdown: 'Where the time went',
    total: 'Voice to voice',
    summary: 'Answered after {{total}}',
    headStart: 'The answer was begun {{time}} before the end of the pause.',
    withdrawn_one:
      'One draft was begun before and withdrawn: the caller went on, or had said something else.',
    withdrawn_other:
      '{{count}} drafts were begun before and withdrawn: the caller went on, or had said something else.',
    withdrawnEarly: 'withdrawn before its first words',
    segments: {
      pause_ms: 'Pause granted',
      transcript_ms: 'Final transcript',
      first_token_ms: 'First token',
      first_clause_ms: 'First clause',
      first_audio_ms: 'First audio',
      playout_ms: 'Until audible',
    },
    owners: {
      setting: 'setting',
      stt: 'STT',
      llm: 'LLM',
      tts: 'TTS',
      victoria: 'Victoria + network',
    },
  },
} as const
