import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { linesOf, type EventLine } from '@/components/conversation/eventLines'
import { EventText } from '@/components/conversation/EventText'
import type { TimelineEntry } from '@/conversation/timeline'
import { useFormat } from '@/hooks/useFormat'
import type { Agent } from '@/types'
import { Section } from './Section'

interface EnginesUsedProps {
  /** As it was when the call began. */
  agent: Pick<Agent, 'engines' | 'voice' | 'stand_in_voices'>
  timeline: readonly TimelineEntry[]
}

/** Which engines the call could ask, in the order of asking, and which of them failed when. */
export function EnginesUsed({ agent, timeline }: EnginesUsedProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const failures = useMemo(() => failuresOf(timeline), [timeline])
  const name = (engine: string) => (engine === 'auto' ? t('call.automatic') : engine)
  const { engines, voice, stand_in_voices: standIns } = agent
  const ports = {
    vad: [name(engines.vad)],
    stt: engines.stt.map(name),
    llm: engines.llm.map(({ engine, model }) => joined(name(engine), model)),
    tts: [voice, ...standIns].map((it) => joined(name(it.engine), it.voice)),
  }
  return (
    <Section title={t('call.engines')}>
      <dl className="space-y-1.5 text-sm">
        {(['vad', 'stt', 'llm', 'tts'] as const).map((port) => (
          <div key={port} className="flex gap-3">
            <dt className="w-24 shrink-0 text-muted">{t(`call.ports.${port}`)}</dt>
            <dd className="min-w-0 wrap-anywhere">{ports[port].join(' → ')}</dd>
          </div>
        ))}
      </dl>
      {failures.length === 0 ? (
        <p className="mt-3 text-sm text-muted">{t('call.noFailures')}</p>
      ) : (
        <ul aria-label={t('call.failures')} className="mt-3 space-y-2 text-sm">
          {failures.map(({ first, count }) => (
            <li key={first.key} className="flex gap-3">
              <span className="figures shrink-0 text-xs leading-5 text-muted">
                {format.instant(first.at)}
              </span>
              <span className="min-w-0">
                <EventText line={first} />
                {count > 1 && <span className="text-muted">{t('call.times', { count })}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** What failed, each way of failing once: when it happened first, and how often. */
function failuresOf(timeline: readonly TimelineEntry[]): { first: EventLine; count: number }[] {
  const ways = new Map<string, { first: EventLine; count: number }>()
  for (const line of linesOf(timeline)) {
    if (line.group !== 'engines') continue
    const way = `${line.fact.type} ${line.quoted}`
    const known = ways.get(way)
    if (known) known.count += 1
    else ways.set(way, { first: line, count: 1 })
  }
  return [...ways.values()]
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}
