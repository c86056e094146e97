import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from '@/i18n/locales/en'
import { es } from '@/i18n/locales/es'

/** The languages of the console (not of the agents), by their own names. */
export const LANGUAGES = { es: 'Español', en: 'English' } as const

export type UiLanguage = keyof typeof LANGUAGES

/** Return the console's texts in `language`, changeable afterwards. */
export function createI18n(language: UiLanguage): i18n {
  const instance = createInstance()
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, es: { translation: es } },
    interpolation: { escapeValue: false }, // React escapes.
    initAsync: false,
  })
  return instance
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
