import { CalendarCheck, FileText, Headphones, ListChecks, PhoneIncoming, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { TEMPLATE_IDS, type TemplateId } from './templates'

const ICONS: Record<TemplateId | 'empty', LucideIcon> = {
  reception: PhoneIncoming,
  bookings: CalendarCheck,
  support: Headphones,
  survey: ListChecks,
  empty: FileText,
}

/** What a new agent begins with. */
export function TemplatePicker() {
  const { t } = useTranslation()
  return (
    <>
      <p className="mb-5 max-w-prose text-muted">{t('agentTemplates.text')}</p>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
        {[...TEMPLATE_IDS, 'empty' as const].map((id) => (
          <li key={id} className="flex">
            <TemplateCard id={id} />
          </li>
        ))}
      </ul>
    </>
  )
}

function TemplateCard({ id }: { id: TemplateId | 'empty' }) {
  const { t } = useTranslation()
  const Icon = ICONS[id]
  return (
    <Link
      to={`/agents/new?template=${id}`}
      className="group flex w-full gap-4 rounded-lg border border-line bg-panel p-5 shadow-raised transition-colors hover:border-primary"
    >
      <span className="grid size-10 shrink-0 place-items-center rounded-full bg-primary-soft text-primary">
        <Icon className="size-5" aria-hidden />
      </span>
      <span className="min-w-0">
        <span className="block font-semibold">{t(`agentTemplates.${id}.name`)}</span>
        <span className="mt-1 block text-sm text-muted">{t(`agentTemplates.${id}.text`)}</span>
      </span>
    </Link>
  )
}
