import { Languages, LogOut, SunMoon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useLanguage } from '@/hooks/useLanguage'
import { useThemeChoice } from '@/hooks/useTheme'
import { LANGUAGES, type UiLanguage } from '@/i18n/i18n'
import { logOut } from '@/store/slices/authSlice'
import { THEMES, type Theme } from '@/store/slices/uiSlice'
import { Brand } from './Brand'

/** Above every page: the mark on phones, `children`, and the settings that are the person's own. */
export function Header({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  return (
    <header className="flex h-14 items-center gap-1 border-b border-line bg-panel px-4 sm:px-8 md:border-0 md:bg-transparent">
      <div className="mr-auto md:invisible">
        <Brand />
      </div>
      {children}
      <LanguageSelect />
      <ThemeSelect />
      <Button
        tone="quiet"
        size="icon"
        aria-label={t('settings.logOut')}
        title={t('settings.logOut')}
        onClick={() => void dispatch(logOut())}
      >
        <LogOut className="size-4" aria-hidden />
      </Button>
    </header>
  )
}

function LanguageSelect() {
  const { t } = useTranslation()
  const { language, choose } = useLanguage()
  return (
    <IconSelect
      icon={<Languages className="size-4" aria-hidden />}
      label={t('settings.language')}
      value={language}
      onChange={(event) => void choose(event.target.value as UiLanguage)}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </IconSelect>
  )
}

function ThemeSelect() {
  const { t } = useTranslation()
  const { theme, choose } = useThemeChoice()
  return (
    <IconSelect
      icon={<SunMoon className="size-4" aria-hidden />}
      label={t('settings.theme')}
      value={theme}
      onChange={(event) => choose(event.target.value as Theme)}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {t(`settings.themes.${name}`)}
        </option>
      ))}
    </IconSelect>
  )
}

/** A select that shows its value on wide screens, and only an icon on phones. */
function IconSelect({ icon, label, ...rest }: ComponentProps<'select'> & { icon: ReactNode; label: string }) {
  return (
    <span className="relative inline-flex items-center rounded-full hover:bg-sunken">
      <span className="pointer-events-none absolute left-3">{icon}</span>
      <select
        aria-label={label}
        title={label}
        className="h-10 w-10 appearance-none rounded-full bg-transparent pr-3 pl-9 text-sm text-ink sm:field-sizing-content sm:w-auto [&>option]:bg-panel"
        {...rest}
      />
    </span>
  )
}
