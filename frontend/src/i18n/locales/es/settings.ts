import type { settings as english } from '@/i18n/locales/en/settings'
import type { Words } from '@/i18n/translation'

/** Los ajustes. */
export const settings: Words<typeof english> = {
  settings: {
    language: 'Idioma',
    theme: 'Tema',
    themes: { light: 'Claro', dark: 'Oscuro', system: 'Como el sistema' },
    logOut: 'Cerrar sesión',
  },
}
