import { useMemo } from 'react'
import { LongText } from '@/components/conversation/LongText'
import { highlighted } from './highlight'

/** A text of somebody else's, with the words of a search marked; marks that turn the reading direction end with it. */
export function Highlighted({ text, search }: { text: string; search: string }) {
  const pieces = useMemo(() => highlighted(text, search), [text, search])
  return (
    <bdi>
      {pieces.map((piece, index) =>
        piece.isHit ? (
          <mark key={index} className="rounded-sm bg-warning-soft px-0.5 font-medium text-ink">
            <LongText text={piece.text} />
          </mark>
        ) : (
          <LongText key={index} text={piece.text} />
        ),
      )}
    </bdi>
  )
}
