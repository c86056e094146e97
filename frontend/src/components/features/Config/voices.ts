import type { ConfigOptions, Voice, VoiceConfig } from '@/types'
import { base } from './engines'

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
