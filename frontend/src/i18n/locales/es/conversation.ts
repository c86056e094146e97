import type { conversation as english } from '@/i18n/locales/en/conversation'
import type { Words } from '@/i18n/translation'

/** Una conversación, como la enseñan el simulador y el historial. */
export const conversation: Words<typeof english> = {
  roles: { caller: 'Quien llama', you: 'Tú' },
  transcript: {
    empty: 'Todavía nadie ha dicho nada.',
    unheard: 'no se oyó:',
    interrupted: 'interrumpido',
    typed: 'escrito',
    playFrom: 'Reproducir desde {{time}}',
    kinds: {
      answer: 'respuesta',
      first_message: 'saludo',
      idle_prompt: 'preguntó si sigues ahí',
      reprompt: 'preguntó de nuevo',
      goodbye: 'despedida',
      apology: 'disculpa',
      farewell: 'disculpa y despedida',
      announcement: 'aviso',
      voicemail: 'mensaje para el contestador',
      transferring: 'pasando la llamada',
      transfer_failed: 'no se localizó a nadie',
    },
    notes: {
      backchannel: 'Quien llama dijo «{{text}}» y el agente siguió.',
      filler: 'Una muletilla cubrió el silencio.',
      'media-stalled': 'La línea se detuvo.',
      'media-resumed': 'La línea ha vuelto.',
      'transcription-failed': 'Falló el reconocimiento de voz.',
      transfer: 'La llamada se pasa a {{destination}}.',
      'transfer-failed': 'No se localizó a nadie.',
      hold: 'Quien llama pidió un momento.',
      machine: 'Contestó un contestador.',
      fax: 'Contestó un fax.',
      'reply-failed': 'Falló la respuesta.',
      'engine-replaced': '{{engine}} falló y {{successor}} ocupó su lugar.',
      'engine-retried': '{{engine}} falló y se le volvió a preguntar.',
      'engine-lost': '{{engine}} falló.',
    },
  },
  latency: {
    breakdown: 'Adónde fue el tiempo',
    totals: { voice: 'De voz a voz', words: 'Del texto escrito a la voz' },
    summary: 'Respondió tras {{total}}',
    headStart: 'La respuesta se empezó {{time}} antes del final de la pausa.',
    withdrawn_one:
      'Antes se empezó un borrador y se retiró: quien llamaba siguió hablando, o había dicho otra cosa.',
    withdrawn_other:
      'Antes se empezaron {{count}} borradores y se retiraron: quien llamaba siguió hablando, o había dicho otra cosa.',
    withdrawnEarly: 'retirado antes de sus primeras palabras',
    segments: {
      pause_ms: 'Pausa concedida',
      transcript_ms: 'Transcripción final',
      first_token_ms: 'Primer token',
      first_clause_ms: 'Primera frase',
      first_audio_ms: 'Primer audio',
      playout_ms: 'Hasta oírse',
    },
    owners: {
      setting: 'ajuste',
      stt: 'STT',
      llm: 'LLM',
      tts: 'TTS',
      victoria: 'Victoria + red',
    },
  },
}
