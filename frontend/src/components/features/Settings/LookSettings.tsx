import { LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { Choice } from '@/components/common/Choice'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useLanguage } from '@/hooks/useLanguage'
import { useThemeChoice } from '@/hooks/useTheme'
import { LANGUAGES, type UiLanguage } from '@/i18n/i18n'
import { logOut, selectSession } from '@/store/slices/authSlice'
import { THEMES } from '@/store/slices/uiSlice'

const ICONS = {
  light: <Sun className="size-4" aria-hidden />,
  dark: <Moon className="size-4" aria-hidden />,
  system: <Monitor className="size-4" aria-hidden />,
}

/** What is this browser's own: how the console speaks and looks, and whose key it holds. */
export function LookSettings() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const session = useAppSelector(selectSession)
  const { language, choose: chooseLanguage } = useLanguage()
  const { theme, choose: chooseTheme } = useThemeChoice()
  const languages = Object.entries(LANGUAGES) as [UiLanguage, string][]
  return (
    <div className="space-y-5">
      <Card title={t('settings.look.title')} aside={<Aside text={t('settings.look.aside')} />}>
        <div className="space-y-6">
          <Choice
            label={t('settings.language')}
            value={language}
            options={languages.map(([value, label]) => ({ value, label, lang: value }))}
            onChange={(chosen) => void chooseLanguage(chosen)}
          />
          <Choice
            label={t('settings.theme')}
            value={theme}
            options={THEMES.map((value) => ({
              value,
              label: t(`settings.themes.${value}`),
              icon: ICONS[value],
            }))}
            onChange={chooseTheme}
          />
        </div>
      </Card>
      <Card title={t('settings.look.session')}>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="text-sm text-muted">
            {t('settings.look.sessionText', { name: session?.key.name ?? '' })}
          </p>
          <Button onClick={() => void dispatch(logOut())}>
            <LogOut className="size-4" aria-hidden />
            {t('settings.logOut')}
          </Button>
        </div>
      </Card>
    </div>
  )
}

function Aside({ text }: { text: string }) {
  return <p className="text-sm text-muted">{text}</p>
}
