import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { EventText } from '@/components/conversation/EventText'
import type { TimelineEntry } from '@/conversation/timeline'
import { useEngineName } from '@/hooks/useEngineName'
import { useFormat } from '@/hooks/useFormat'
import type { CallDetail } from '@/types/calls'
import { failuresOf, standInsOf, type Failure, type StandIn } from './engineTroubles'
import { Section } from './Section'

const PORTS = ['vad', 'stt', 'llm', 'tts'] as const

interface EnginesUsedProps {
  detail: Pick<CallDetail, 'engines' | 'agent'>
  timeline: readonly TimelineEntry[]
}

/** Which engines the call began with, which stood in for them, and which failed when. */
export function EnginesUsed({ detail: { engines, agent }, timeline }: EnginesUsedProps) {
  const { t } = useTranslation()
  const engineName = useEngineName()
  const failures = useMemo(() => failuresOf(timeline), [timeline])
  const standIns = useMemo(() => standInsOf(timeline), [timeline])
  const chosen = useChosen(agent)
  return (
    <Section title={t('call.engines')}>
      <dl className="space-y-2 text-sm">
        {PORTS.map((port) => (
          <div key={port} className="flex gap-3">
            <dt className="w-24 shrink-0 text-muted">{t(`call.ports.${port}`)}</dt>
            <dd className="min-w-0 wrap-anywhere">
              {engines === null ? chosen[port] : engineName(port, engines[port])}
              <StandIns standIns={standIns.filter((one) => one.port === port)} />
              {engines !== null && (
                <p className="text-xs text-muted">{t('call.chosen', { engines: chosen[port] })}</p>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Failures failures={failures} />
    </Section>
  )
}

/** The engines that the agent names for each port, as it was when the call began, in the order of asking. */
function useChosen({ engines, voice, stand_in_voices: standIns }: CallDetail['agent']) {
  const { t } = useTranslation()
  const engineName = useEngineName()
  const name = (port: string, id: string) => (id === 'auto' ? t('call.automatic') : engineName(port, id))
  return {
    vad: name('vad', engines.vad),
    stt: inOrder(engines.stt.map((id) => name('stt', id))),
    llm: inOrder(engines.llm.map(({ engine, model }) => joined(name('llm', engine), model))),
    tts: inOrder([voice, ...standIns].map((it) => joined(name('tts', it.engine), it.voice))),
  }
}

function StandIns({ standIns }: { standIns: readonly StandIn[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const engineName = useEngineName()
  return standIns.map(({ port, engine, at, count }) => (
    <p key={engine}>
      {t('call.stoodIn', { count, engine: engineName(port, engine), time: format.instant(at) })}
    </p>
  ))
}

function Failures({ failures }: { failures: readonly Failure[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (failures.length === 0) return <p className="mt-3 text-sm text-muted">{t('call.noFailures')}</p>
  return (
    <ul aria-label={t('call.failures')} className="mt-3 space-y-2 text-sm">
      {failures.map(({ first, count }) => (
        <li key={first.key} className="flex gap-3">
          <span className="figures shrink-0 text-xs leading-5 text-muted">{format.instant(first.at)}</span>
          <span className="min-w-0">
            <EventText line={first} />
            {count > 1 && <span className="text-muted">{t('call.times', { count })}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function inOrder(names: readonly string[]): string {
  return names.join(' → ')
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}
