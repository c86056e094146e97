import type { Agent, AgentDraft, ConfigOptions, EngineKind, EngineOption, EngineReadiness } from '@/types'

/** An engine that cannot serve a call in the agent's language now. */
export interface EngineNotice {
  kind: EngineKind
  engine: EngineOption
  readiness: EngineReadiness
  /** Whether another engine does its work until it is ready. */
  isReplaced: boolean
}

const KINDS: readonly EngineKind[] = ['vad', 'stt', 'llm', 'tts']

/**
 * Engines that are being prepared for the agent's language, engines that the agent names and that are
 * unavailable, and kinds of which no engine is ready at all.
 */
export function engineNotices(options: ConfigOptions, agent: Agent | AgentDraft): EngineNotice[] {
  return KINDS.flatMap((kind) => {
    const wanted = enginesOf(agent, kind)
    const known = options.engines[kind].flatMap((engine) => {
      const readiness = readinessFor(engine, agent.language)
      return readiness ? [{ kind, engine, readiness }] : []
    })
    const isServed = known.some(({ readiness }) => readiness.state === 'ready')
    return known
      .map((notice) => ({ ...notice, isReplaced: isServed && !wanted.includes(notice.engine.id) }))
      .filter(
        ({ readiness, isReplaced }) =>
          readiness.state === 'preparing' || (readiness.state === 'unavailable' && !isReplaced),
      )
  })
}

/** The engines that the agent names for this kind of work, the first choice first. */
function enginesOf({ engines, voice, stand_in_voices }: Agent | AgentDraft, kind: EngineKind): string[] {
  switch (kind) {
    case 'vad':
      return [engines.vad]
    case 'stt':
      return engines.stt
    case 'llm':
      return engines.llm.map(({ engine }) => engine)
    case 'tts':
      return [voice, ...stand_in_voices].map(({ engine }) => engine)
  }
}

export function isPreparing({ engines }: ConfigOptions): boolean {
  return KINDS.some((kind) =>
    engines[kind].some(({ readiness }) => readiness.some(({ state }) => state === 'preparing')),
  )
}

/** Readiness is given by language; an engine may know the language without its region only. */
function readinessFor(engine: EngineOption, language: string): EngineReadiness | undefined {
  const base = language.split('-')[0]
  return (
    engine.readiness.find((readiness) => readiness.language === language) ??
    engine.readiness.find((readiness) => readiness.language.split('-')[0] === base)
  )
}
