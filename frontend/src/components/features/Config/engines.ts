/** What can be said about an engine before it is chosen. */
import type { ConfigOptions, EngineKind, EngineOption, EngineReadiness } from '@/types'

/** Lets the server choose the best engine that is ready; in a list it stands for all that are not named. */
export const AUTOMATIC = 'auto'

export const base = (tag: string) => tag.split('-')[0]

/** An engine's own name, its id if it is no longer on offer. */
export function engineName(options: ConfigOptions | null, kind: EngineKind, id: string): string {
  return engineOf(options, kind, id)?.name ?? id
}

export function engineOf(
  options: ConfigOptions | null,
  kind: EngineKind,
  id: string,
): EngineOption | undefined {
  return options?.engines[kind].find((engine) => engine.id === id)
}

/** How ready an engine is for a language; null for `auto`, for one that is not known, and before any is. */
export function readinessOf(
  options: ConfigOptions | null,
  kind: EngineKind,
  id: string,
  language: string,
): EngineReadiness | null {
  const readiness = engineOf(options, kind, id)?.readiness ?? []
  return (
    readiness.find((one) => one.language === language) ??
    readiness.find((one) => base(one.language) === base(language)) ??
    null
  )
}

/** `auto` and the engines on offer for a port that are not in `chosen`. */
export function notYetChosen(
  options: ConfigOptions | null,
  kind: EngineKind,
  chosen: readonly string[],
): string[] {
  const offered = [AUTOMATIC, ...(options?.engines[kind] ?? []).map(({ id }) => id)]
  return offered.filter((id) => !chosen.includes(id))
}
