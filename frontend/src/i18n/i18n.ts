import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Translation } from '@/i18n/translation'

/** The languages of the console (not of the agents), by their own names. */
export const LANGUAGES = { es: 'Español', en: 'English' } as const

export type UiLanguage = keyof typeof LANGUAGES

/** A person reads one language: the others stay on the server until they are chosen. */
const TEXTS: Record<UiLanguage, () => Promise<Translation>> = {
  es: async () => (await import('@/i18n/locales/es')).es,
  en: async () => (await import('@/i18n/locales/en')).en,
}

/** Return the console's texts in `language`, changeable with `changeLanguage`. Rejects if they do not arrive. */
export async function loadI18n(language: UiLanguage): Promise<i18n> {
  return createI18n(language, { [language]: await TEXTS[language]() })
}

/** Return what `loadI18n` does, from texts that are there already. */
export function createI18n(language: UiLanguage, texts: Partial<Record<UiLanguage, Translation>>): i18n {
  const instance = createInstance()
  const bundles = Object.entries(texts).map(([tag, translation]) => [tag, { translation }])
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: false, // Every language is complete: the compiler sees to it.
    resources: Object.fromEntries(bundles) as Record<string, { translation: Translation }>,
    interpolation: { escapeValue: false }, // React escapes.
    initAsync: false,
  })
  return instance
}

/** Show the console in `language`. Rejects, and changes nothing, if its texts do not arrive. */
export async function changeLanguage(instance: i18n, language: UiLanguage): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    instance.addResourceBundle(language, 'translation', await TEXTS[language]())
  }
  await instance.changeLanguage(language)
}

/** Choose among the languages of the console the first that the person prefers. */
export function preferredLanguage(wanted: readonly string[]): UiLanguage {
  for (const tag of wanted) {
    const base = tag.split('-')[0] ?? ''
    if (isUiLanguage(base)) return base
  }
  return 'en'
}

export function isUiLanguage(tag: string): tag is UiLanguage {
  return tag in LANGUAGES
}
