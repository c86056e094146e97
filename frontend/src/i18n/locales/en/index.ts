import { agents } from '@/i18n/locales/en/agents'
import { calls } from '@/i18n/locales/en/calls'
import { common } from '@/i18n/locales/en/common'
import { conversation } from '@/i18n/locales/en/conversation'
import { dashboard } from '@/i18n/locales/en/dashboard'
import { problems } from '@/i18n/locales/en/problems'
import { settings } from '@/i18n/locales/en/settings'
import { talk } from '@/i18n/locales/en/talk'
import { telephone } from '@/i18n/locales/en/telephone'

/** The console's English, an area a file. The reference for every other language: a missing key there does not compile. */
export const en = {
  ...common,
  ...problems,
  ...dashboard,
  ...talk,
  ...conversation,
  ...agents,
  ...calls,
  ...settings,
  ...telephone,
} as const
