import { agents } from '@/i18n/locales/es/agents'
import { calls } from '@/i18n/locales/es/calls'
import { common } from '@/i18n/locales/es/common'
import { conversation } from '@/i18n/locales/es/conversation'
import { dashboard } from '@/i18n/locales/es/dashboard'
import { problems } from '@/i18n/locales/es/problems'
import { settings } from '@/i18n/locales/es/settings'
import { talk } from '@/i18n/locales/es/talk'
import { telephone } from '@/i18n/locales/es/telephone'
import type { Translation } from '@/i18n/translation'

/** El español de la consola, un fichero por área. */
export const es: Translation = {
  ...common,
  ...problems,
  ...dashboard,
  ...talk,
  ...conversation,
  ...agents,
  ...calls,
  ...settings,
  ...telephone,
}
