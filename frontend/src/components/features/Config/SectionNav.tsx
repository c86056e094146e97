import { useFormState } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { classes } from '@/components/common/classes'
import type { AgentValues } from './agentSchema'
import { anchorOf, SECTIONS, sectionsWithErrors } from './sections'

/** The way to each section, and where something is wrong. Only where there is room beside the form. */
export function SectionNav({ hasVersions }: { hasVersions: boolean }) {
  const { t } = useTranslation()
  const { errors } = useFormState<AgentValues>()
  const wrong = sectionsWithErrors(errors)
  return (
    <nav aria-label={t('agentForm.sectionsLabel')} className="sticky top-20 hidden self-start @4xl:block">
      <ul className="space-y-0.5 border-l border-line text-sm">
        {SECTIONS.map(({ id }) => (
          <li key={id}>
            <NavLink href={`#${anchorOf(id)}`} isWrong={wrong.includes(id)}>
              {t(`agentForm.sections.${id}`)}
            </NavLink>
          </li>
        ))}
        {hasVersions && (
          <li>
            <NavLink href={`#${anchorOf('versions')}`}>{t('agentVersions.title')}</NavLink>
          </li>
        )}
      </ul>
    </nav>
  )
}

function NavLink({ href, isWrong = false, children }: { href: string; isWrong?: boolean; children: string }) {
  const { t } = useTranslation()
  return (
    <a
      href={href}
      className={classes(
        '-ml-px flex min-h-9 items-center border-l-2 px-4 hover:border-line-strong hover:text-ink',
        isWrong ? 'border-danger text-danger' : 'border-transparent text-muted',
      )}
    >
      {children}
      {isWrong && <span className="sr-only"> ({t('agentForm.hasErrors')})</span>}
    </a>
  )
}
