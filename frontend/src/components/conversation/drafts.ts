/** Answers that were begun while the caller paused, and withdrawn because the caller went on. */
import type { TimelineEntry } from '@/conversation/timeline'

/** Times are nanoseconds since the call began; nothing of `text` was ever heard. */
export interface WithdrawnDraft {
  replyId: number
  begunAt: number
  withdrawnAt: number
  text: string
}

/** By the id of the answer that was given after them. */
export type DraftsByReply = ReadonlyMap<number, readonly WithdrawnDraft[]>

/** Find the withdrawn drafts of a timeline. Those that no answer followed belong to no turn and are left out. */
export function withdrawnDrafts(timeline: readonly TimelineEntry[]): DraftsByReply {
  const byReply = new Map<number, readonly WithdrawnDraft[]>()
  let withdrawn: WithdrawnDraft[] = []
  let open: Omit<WithdrawnDraft, 'withdrawnAt'> | null = null
  const answered = (replyId: number) => {
    if (withdrawn.length > 0) byReply.set(replyId, withdrawn)
    withdrawn = []
  }
  for (const { event, effects } of timeline) {
    if (event.type === 'clause_generated' && open !== null && event.reply_id === open.replyId) {
      open.text += event.text
    }
    for (const effect of effects) {
      if (effect.type === 'start_reply' && effect.speculative) {
        open = { replyId: effect.reply_id, begunAt: event.at, text: '' }
      } else if (effect.type === 'start_reply') {
        if (effect.kind === 'answer') answered(effect.reply_id)
      } else if (effect.type === 'release_reply') {
        open = null
        answered(effect.reply_id)
      } else if (effect.type === 'cancel_reply' && effect.reply_id === open?.replyId) {
        withdrawn.push({ ...open, withdrawnAt: event.at })
        open = null
      }
    }
  }
  return byReply
}
