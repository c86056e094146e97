/** What may be written beside a call; the limits are the server's, which has the last word. */
import * as z from '@/zod'
import { CALL_LIMITS } from '@/types/calls'

/** Messages are keys of `callNotes.errors`. */
export const notesSchema = z.object({
  note: z.string().max(CALL_LIMITS.note, 'noteTooLong'),
  tags: z.array(z.string().min(1).max(CALL_LIMITS.tag, 'tagTooLong')).max(CALL_LIMITS.tags, 'tooManyTags'),
})

export type NotesValues = z.infer<typeof notesSchema>

/** Why a tag cannot join these; null if it can. */
export function tagProblem(tags: readonly string[], tag: string): 'tagTooLong' | 'tooManyTags' | null {
  if (tag.length > CALL_LIMITS.tag) return 'tagTooLong'
  return tags.length >= CALL_LIMITS.tags && !tags.includes(tag) ? 'tooManyTags' : null
}

/** A tag as it is kept: one line, no space around it. */
export function cleanTag(typed: string): string {
  return typed.replace(/\s+/g, ' ').trim()
}
