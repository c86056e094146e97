import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { linesOf } from '@/components/conversation/eventLines'
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
  const failures = useMemo(() => linesOf(timeline).filter(({ group }) => group === 'engines'), [timeline])
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
          {failures.map((line) => (
            <li key={line.key} className="flex gap-3">
              <span className="figures shrink-0 text-xs leading-5 text-muted">{format.instant(line.at)}</span>
              <span className="min-w-0">
                <EventText line={line} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}
