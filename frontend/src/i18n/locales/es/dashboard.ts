import type { dashboard as english } from '@/i18n/locales/en/dashboard'
import type { Words } from '@/i18n/translation'

/** El panel. */
export const dashboard: Words<typeof english> = {
  dashboard: {},
}
