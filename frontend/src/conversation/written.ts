/**
 * How long an answer to written words took. The server publishes no latency for it, as no voice ended, but its
 * timeline has every instant from the arrival of the words to the answer's first sound.
 */
import type { TurnLatency } from '@/types'

const NS_PER_MS = 1_000_000

/** Nanoseconds since the call began; null for what has not been reached. */
export interface WrittenStages {
  arrived: number
  firstToken: number | null
  firstClause: number | null
  firstAudio: number | null
}

export function arrivedAt(at: number): WrittenStages {
  return { arrived: at, firstToken: null, firstClause: null, firstAudio: null }
}

/** Note that `stage` was reached at `at`, unless it had been before. */
export function reached(
  stages: WrittenStages | null,
  stage: Exclude<keyof WrittenStages, 'arrived'>,
  at: number,
): WrittenStages | null {
  return stages === null ? null : { ...stages, [stage]: stages[stage] ?? at }
}

/**
 * Lay the stages end to end, as the server does for answers to a voice (backend/domain/value_objects/latency.py):
 * one that was not reached when sound began takes all the time that was left. There is no pause to be granted,
 * and no transcript to be waited for.
 */
export function writtenLatency(stages: WrittenStages, audibleAt: number): TurnLatency {
  const edges = [stages.arrived]
  for (const stage of [stages.firstToken, stages.firstClause, stages.firstAudio, audibleAt]) {
    edges.push(Math.max(edges.at(-1) ?? 0, stage === null ? audibleAt : Math.min(stage, audibleAt)))
  }
  const [token = 0, clause = 0, audio = 0, playout = 0] = edges
    .slice(1)
    .map((edge, n) => (edge - (edges[n] ?? 0)) / NS_PER_MS)
  return {
    pause_ms: 0,
    transcript_ms: 0,
    first_token_ms: token,
    first_clause_ms: clause,
    first_audio_ms: audio,
    playout_ms: playout,
  }
}
