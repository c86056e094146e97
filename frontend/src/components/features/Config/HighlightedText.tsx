import { useRef, type ComponentProps } from 'react'
import { classes } from '@/components/common/classes'
import { CONTROL_CLASSES, Field, type FieldProps } from '@/components/common/Field'
import { pieces } from './blanks'

interface HighlightedTextProps extends FieldProps, ComponentProps<'textarea'> {
  /** What is in the textarea now. */
  text: string
}

// Both layers must break their lines alike.
const TYPE = 'px-3 py-2 text-base whitespace-pre-wrap wrap-break-word'

/** A text in which blanks are marked: the marks lie on a layer below the textarea, which is see-through. */
export function HighlightedText({ label, hint, error, text, ...rest }: HighlightedTextProps) {
  const below = useRef<HTMLDivElement>(null)
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <div className="relative overflow-hidden rounded bg-panel">
          <div
            ref={below}
            aria-hidden
            className={classes(
              TYPE,
              'pointer-events-none absolute inset-0 overflow-y-scroll border border-transparent text-transparent [scrollbar-gutter:stable]',
            )}
          >
            {pieces(text).map((piece, n) =>
              piece.isBlank ? (
                <mark key={n} className="rounded-sm bg-agent-soft text-transparent ring-1 ring-agent">
                  {piece.text}
                </mark>
              ) : (
                piece.text
              ),
            )}
            {'\n'}
          </div>
          <textarea
            className={classes(
              CONTROL_CLASSES,
              TYPE,
              'relative block resize-y overflow-y-scroll bg-transparent',
            )}
            onScroll={({ currentTarget }) => {
              if (below.current) below.current.scrollTop = currentTarget.scrollTop
            }}
            {...control}
            {...rest}
          />
        </div>
      )}
    </Field>
  )
}
