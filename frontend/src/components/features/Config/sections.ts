/** The form's sections, in their order, and the top-level fields that each holds. */
export const SECTIONS = [
  { id: 'who', fields: ['name', 'language'] },
  { id: 'says', fields: ['prompt', 'first_message', 'knowledge'] },
  { id: 'voice', fields: ['voice', 'stand_in_voices'] },
  { id: 'engines', fields: ['engines'] },
  { id: 'manners', fields: ['turn_taking'] },
  { id: 'haste', fields: ['latency'] },
  { id: 'telephone', fields: ['telephone'] },
] as const

export type SectionId = (typeof SECTIONS)[number]['id']

/** The element of a section, for links. */
export const anchorOf = (id: SectionId | 'versions') => `agent-${id}`

/** The sections in which something is wrong; `errors` has the top-level fields as keys. */
export function sectionsWithErrors(errors: object): SectionId[] {
  return SECTIONS.filter(({ fields }) => fields.some((field) => field in errors)).map(({ id }) => id)
}
