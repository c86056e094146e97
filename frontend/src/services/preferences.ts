/** Small choices of the person that outlive the visit: language, theme and microphone. */

const KEYS = {
  language: 'victoria.language',
  theme: 'victoria.theme',
  microphone: 'victoria.microphone',
} as const

export type Preference = keyof typeof KEYS

/** Return the stored choice; null if there is none or storage is forbidden. */
export function readPreference(name: Preference): string | null {
  try {
    return window.localStorage.getItem(KEYS[name])
  } catch {
    return null
  }
}

export function writePreference(name: Preference, value: string): void {
  try {
    window.localStorage.setItem(KEYS[name], value)
  } catch {
    // Storage is forbidden or full: the choice lasts as long as this page.
  }
}
