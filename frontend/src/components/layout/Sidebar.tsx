import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import { classes } from '@/components/common/classes'
import { Brand } from './Brand'
import { PLACES } from './navigation'

/** The switchboard: at the side on wide screens, with `children` at its foot; along the bottom on phones. */
export function Sidebar({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <nav
      aria-label={t('nav.label')}
      className={classes(
        'z-30 bg-board text-board-ink',
        'fixed inset-x-0 bottom-0 pb-[env(safe-area-inset-bottom)]',
        'md:sticky md:inset-auto md:top-0 md:flex md:h-dvh md:w-56 md:shrink-0 md:flex-col md:p-4',
      )}
    >
      <div className="hidden px-3 pt-2 pb-8 md:block">
        <Brand />
      </div>
      <ul className="flex md:flex-col md:gap-1">
        {PLACES.map(({ to, label, icon: Icon }) => (
          <li key={to} className="min-w-11 flex-auto md:flex-none">
            <NavLink to={to} end={to === '/'} className={linkClasses}>
              {({ isActive }) => (
                <>
                  <Icon className="size-5" aria-hidden />
                  <span>{t(label)}</span>
                  <span
                    className={classes(
                      'hidden size-2 rounded-full md:ml-auto md:block',
                      isActive && 'bg-lamp',
                    )}
                    aria-hidden
                  />
                </>
              )}
            </NavLink>
          </li>
        ))}
      </ul>
      <div className="mt-auto">{children}</div>
    </nav>
  )
}

function linkClasses({ isActive }: { isActive: boolean }): string {
  return classes(
    'flex flex-col items-center gap-1 py-2.5 text-xs font-medium transition-colors focus-visible:outline-lamp',
    'focus-visible:-outline-offset-2 md:flex-row md:gap-3 md:rounded md:px-3 md:text-sm',
    isActive
      ? 'bg-board-raised text-board-ink'
      : 'text-board-muted hover:bg-board-raised hover:text-board-ink',
  )
}
