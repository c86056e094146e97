/** What may be entered about an agent's manners; the limits are those of the server's schemas/turn_taking.py. */
import * as z from '@/zod'

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000

export interface Span {
  min: number
  max: number
}

const WAIT_MS: Span = { min: 0, max: 10 * MINUTE_MS }
const COUNT: Span = { min: 0, max: 20 }
const END_MS: Span = { min: 1, max: MINUTE_MS }

/** Every number of the section; names of `_ms` are milliseconds. */
export const TURN_TAKING_LIMITS = {
  endpointing: {
    min_pause_ms: WAIT_MS,
    max_pause_ms: WAIT_MS,
    finished_above: { min: 0, max: 1 },
    final_transcript_timeout_ms: WAIT_MS,
    max_utterance_ms: WAIT_MS,
  },
  barge_in: { min_words: COUNT, max_hold_ms: WAIT_MS },
  silence: {
    idle_prompt_after_ms: WAIT_MS,
    max_idle_prompts: COUNT,
    filler_after_ms: WAIT_MS,
    give_up_after_ms: WAIT_MS,
    max_failures: { min: 1, max: 20 },
    reprompt_after_voiced_ms: WAIT_MS,
    hold_ms: WAIT_MS,
  },
  limits: {
    max_call_ms: { min: 1, max: 24 * 60 * MINUTE_MS },
    goodbye_ms: END_MS,
    settle_ms: END_MS,
    transfer_ms: { min: 1, max: 10 * MINUTE_MS },
    max_turns: { min: 1, max: 10_000 },
  },
} as const satisfies Record<string, Record<string, Span>>

export const MOST_WORDS = 200
export const LONGEST_WORD = 40

const between = ({ min, max }: Span) => z.number('notANumber').min(min, 'outOfRange').max(max, 'outOfRange')
const whole = (span: Span) => between(span).int('notWhole')
const words = z.array(z.string().max(LONGEST_WORD, 'wordTooLong')).max(MOST_WORDS, 'tooManyWords')

const { endpointing, barge_in, silence, limits } = TURN_TAKING_LIMITS

export const turnTakingSchema = z.object({
  first_speaker: z.enum(['agent', 'caller']),
  endpointing: z
    .object({
      min_pause_ms: whole(endpointing.min_pause_ms),
      max_pause_ms: whole(endpointing.max_pause_ms),
      finished_above: between(endpointing.finished_above),
      final_transcript_timeout_ms: whole(endpointing.final_transcript_timeout_ms),
      max_utterance_ms: whole(endpointing.max_utterance_ms),
      adaptive: z.boolean(),
      connectives: words,
      closings: words,
      numerals: words,
    })
    .refine(({ min_pause_ms, max_pause_ms }) => max_pause_ms >= min_pause_ms, {
      error: 'shorterThanShortest',
      path: ['max_pause_ms'],
    }),
  barge_in: z.object({
    enabled: z.boolean(),
    min_words: whole(barge_in.min_words),
    max_hold_ms: whole(barge_in.max_hold_ms),
    backchannels: words,
  }),
  silence: z.object({
    idle_prompt_after_ms: whole(silence.idle_prompt_after_ms),
    max_idle_prompts: whole(silence.max_idle_prompts),
    filler_after_ms: whole(silence.filler_after_ms),
    give_up_after_ms: whole(silence.give_up_after_ms),
    max_failures: whole(silence.max_failures),
    reprompt_after_voiced_ms: whole(silence.reprompt_after_voiced_ms),
    hold_ms: whole(silence.hold_ms),
  }),
  limits: z.object({
    max_call_ms: whole(limits.max_call_ms),
    goodbye_ms: whole(limits.goodbye_ms),
    settle_ms: whole(limits.settle_ms),
    transfer_ms: whole(limits.transfer_ms),
    max_turns: whole(limits.max_turns),
  }),
})

export type TurnTakingValues = z.infer<typeof turnTakingSchema>
