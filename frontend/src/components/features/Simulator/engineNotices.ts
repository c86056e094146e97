import type { Agent, ConfigOptions, EngineKind, EngineOption, EngineReadiness } from '@/types'

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
export function engineNotices(options: ConfigOptions, agent: Agent): EngineNotice[] {
  return KINDS.flatMap((kind) => {
    const wanted = kind === 'tts' ? agent.voice.engine : agent.engines[kind]
    const known = options.engines[kind].flatMap((engine) => {
      const readiness = readinessFor(engine, agent.language)
      return readiness ? [{ kind, engine, readiness }] : []
    })
    const isServed = known.some(({ readiness }) => readiness.state === 'ready')
    return known
      .map((notice) => ({ ...notice, isReplaced: isServed && notice.engine.id !== wanted }))
      .filter(
        ({ readiness, isReplaced }) =>
          readiness.state === 'preparing' || (readiness.state === 'unavailable' && !isReplaced),
      )
  })
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
