/**
 * The longest run without a space that is left in one piece. Browsers shape a run again for each line they break
 * out of it, so that one of 100 000 characters stops the page for half a minute; pieces cost next to nothing.
 */
const MAX_RUN = 200

const RUNS = new RegExp(`\\S{1,${MAX_RUN}}|\\s+`, 'gu')

/** A text of somebody else's: as it is, unless it has runs that no language has. */
export function LongText({ text }: { text: string }) {
  if (!isTooLong(text)) return text
  return Array.from(text.matchAll(RUNS), ({ 0: piece, index }) =>
    piece.length < MAX_RUN ? (
      piece
    ) : (
      <span key={index} className="inline-block max-w-full">
        {piece}
      </span>
    ),
  )
}

function isTooLong(text: string): boolean {
  return text.length > MAX_RUN && text.split(/\s+/u).some((run) => run.length > MAX_RUN)
}
