import { ArrowRight } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { AgentDraft } from '@/types'
import { settingDifferences, textDifferences, type SettingDifference, type TextDifference } from './draftDiff'
import { settingLabel } from './settingLabels'
import { wordDiff, type Change } from './wordDiff'

/** What differs between two states of an agent: texts word by word, settings as before and after. */
export function DraftDiff({ before, after }: { before: AgentDraft; after: AgentDraft }) {
  const { t } = useTranslation()
  const texts = textDifferences(before, after)
  const settings = settingDifferences(before, after)
  if (texts.length === 0 && settings.length === 0) {
    return <p className="text-sm text-muted">{t('agentVersions.same')}</p>
  }
  return (
    <div className="space-y-4 text-sm">
      {texts.map((difference) => (
        <TextDiff key={difference.field} difference={difference} />
      ))}
      {settings.length > 0 && (
        <ul className="space-y-1.5">
          {settings.map((difference) => (
            <Setting key={difference.path} difference={difference} />
          ))}
        </ul>
      )}
    </div>
  )
}

const LABELS = {
  name: 'agentForm.name',
  prompt: 'agentForm.prompt',
  first_message: 'agentForm.firstMessage',
  knowledge: 'agentForm.knowledge',
} as const

function TextDiff({ difference: { field, before, after } }: { difference: TextDifference }) {
  const { t } = useTranslation()
  const changes = useMemo(() => shortened(wordDiff(before, after)), [before, after])
  return (
    <div>
      <p className="mb-1 font-medium">{t(LABELS[field])}</p>
      <p className="rounded bg-sunken px-3 py-2 leading-relaxed whitespace-pre-wrap">
        {changes.map(({ kind, text }, n) => {
          if (kind === 'same') return text
          if (kind === 'removed') {
            return (
              <del key={n} className="rounded-sm bg-danger-soft text-danger">
                <span className="sr-only">[{t('agentVersions.removed')}] </span>
                {text}
              </del>
            )
          }
          return (
            <ins key={n} className="rounded-sm bg-primary-soft decoration-primary">
              <span className="sr-only">[{t('agentVersions.added')}] </span>
              {text}
            </ins>
          )
        })}
      </p>
    </div>
  )
}

function Setting({ difference: { section, path, before, after } }: { difference: SettingDifference }) {
  const { t } = useTranslation()
  const none = t('agentVersions.none')
  const label = settingLabel(path)
  return (
    <li className="flex flex-wrap items-baseline gap-x-2">
      <span className="text-muted">{t(`agentForm.sections.${section}`)}</span>
      <span className="min-w-0 break-words">{label === null ? <code>{path}</code> : t(label)}</span>
      <span className="figures inline-flex flex-wrap items-center gap-1.5 text-xs">
        <del className="text-danger">{before === '' ? none : before}</del>
        <ArrowRight className="size-3 text-muted" aria-label={t('agentVersions.becomes')} role="img" />
        <ins className="decoration-primary">{after === '' ? none : after}</ins>
      </span>
    </li>
  )
}

/** How much of an unchanged passage is shown on either side of a change. */
const CONTEXT = 120

/** Leave out the middle of long unchanged passages. */
function shortened(changes: Change[]): Change[] {
  return changes.map((change, n) => {
    const { kind, text } = change
    if (kind !== 'same' || text.length <= 3 * CONTEXT) return change
    const head = n === 0 ? '' : text.slice(0, CONTEXT)
    const tail = n === changes.length - 1 ? '' : text.slice(-CONTEXT)
    return { kind, text: `${head} … ${tail}` }
  })
}
