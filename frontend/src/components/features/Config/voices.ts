import type { ConfigOptions, EngineOption, Voice, VoiceConfig } from '@/types'

/** Lets the server choose the best engine that is ready. */
export const AUTOMATIC = 'auto'

const base = (tag: string) => tag.split('-')[0]

/** The speech engines on offer, and the agent's own even if it is no longer among them. */
export function speechEngines(
  options: ConfigOptions | null,
  current: string,
): Pick<EngineOption, 'id' | 'name'>[] {
  const offered = options?.engines.tts ?? []
  const isKnown = current === AUTOMATIC || offered.some(({ id }) => id === current)
  return isKnown ? offered : [...offered, { id: current, name: current }]
}

/** The voices to choose from; before they are known, the one that was chosen, so that it is not lost. */
export function offeredVoices(
  options: ConfigOptions | null,
  { engine, voice }: VoiceConfig,
  language: string,
): Voice[] {
  if (options !== null) return voicesFor(options, engine, language)
  return voice === '' ? [] : [{ engine, id: voice, name: voice, language, gender: '', styles: [] }]
}

/** The voices of `engine` for `language`, whatever its region; none while the engine is left to the server. */
function voicesFor(options: ConfigOptions, engine: string, language: string): Voice[] {
  return options.languages
    .filter(({ tag }) => base(tag) === base(language))
    .flatMap(({ voices }) => voices.filter((voice) => voice.engine === engine))
}
