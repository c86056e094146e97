/** Presets of turn-taking. Each sets the few numbers that a caller notices and leaves the others alone. */
import type { TurnTakingValues } from './turnTakingSchema'

export interface Manners {
  min_pause_ms: number
  max_pause_ms: number
  min_words: number
  idle_prompt_after_ms: number
}

/**
 * `balanced` is the server's default. `patient` grants people who think while they speak about a second and
 * a half more; `brisk` is for short answers, and cuts off who hesitates.
 */
export const PRESETS = {
  patient: { min_pause_ms: 720, max_pause_ms: 2_000, min_words: 2, idle_prompt_after_ms: 15_000 },
  balanced: { min_pause_ms: 480, max_pause_ms: 1_200, min_words: 1, idle_prompt_after_ms: 10_000 },
  brisk: { min_pause_ms: 320, max_pause_ms: 800, min_words: 1, idle_prompt_after_ms: 7_000 },
} as const satisfies Record<string, Manners>

export type Preset = keyof typeof PRESETS

export const PRESET_NAMES = ['patient', 'balanced', 'brisk'] as const satisfies readonly Preset[]

function mannersOf({ endpointing, barge_in, silence }: TurnTakingValues): Manners {
  return {
    min_pause_ms: endpointing.min_pause_ms,
    max_pause_ms: endpointing.max_pause_ms,
    min_words: barge_in.min_words,
    idle_prompt_after_ms: silence.idle_prompt_after_ms,
  }
}

/** The preset that these manners are; null for somebody's own. */
export function presetOf(values: TurnTakingValues): Preset | null {
  if (!values.endpointing.adaptive || !values.barge_in.enabled) return null
  const manners = mannersOf(values)
  const fits = (preset: Preset) =>
    (Object.keys(manners) as (keyof Manners)[]).every((name) => manners[name] === PRESETS[preset][name])
  return PRESET_NAMES.find(fits) ?? null
}

export function withPreset(values: TurnTakingValues, preset: Preset): TurnTakingValues {
  const { min_pause_ms, max_pause_ms, min_words, idle_prompt_after_ms } = PRESETS[preset]
  return {
    ...values,
    endpointing: { ...values.endpointing, min_pause_ms, max_pause_ms, adaptive: true },
    barge_in: { ...values.barge_in, enabled: true, min_words },
    silence: { ...values.silence, idle_prompt_after_ms },
  }
}
