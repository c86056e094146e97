import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { anchorOf, type SectionId } from './sections'

// Given as values, or i18next would take them for its own.
const MARKS = { open: '{{…}}', example: '{{opening hours}}' }

/** One of the form's cards, with a sentence that says what it is about. */
export function FormSection({ id, children }: { id: SectionId; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Card id={anchorOf(id)} title={t(`agentForm.sections.${id}`)} className="scroll-mt-20">
      <p className="-mt-3 mb-5 max-w-prose text-sm text-muted">{t(`agentForm.leads.${id}`, MARKS)}</p>
      {children}
    </Card>
  )
}
