import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useToast } from '@/hooks/useToast'
import { changeLanguage, isUiLanguage, type UiLanguage } from '@/i18n/i18n'
import { toProblem } from '@/services/problem'
import { writePreference } from '@/services/preferences'

/** The console's language, and a way to another one that is remembered. */
export function useLanguage(): { language: UiLanguage; choose: (language: UiLanguage) => Promise<void> } {
  const { i18n } = useTranslation()
  const toast = useToast()
  const choose = useCallback(
    async (language: UiLanguage) => {
      try {
        await changeLanguage(i18n, language)
      } catch (error) {
        // Nothing but the network stands between us and the texts.
        toast.problem({ ...toProblem(error), code: 'unreachable' })
        return
      }
      writePreference('language', language)
    },
    [i18n, toast],
  )
  return { language: isUiLanguage(i18n.language) ? i18n.language : 'en', choose }
}
