import { useFaultText } from '@/hooks/useFaultText'

/** What a code of an engine or a line means, and in small print the code itself: that is what one searches for. */
export function FaultText({ code }: { code: string }) {
  const words = useFaultText()(code)
  return (
    <>
      {words !== null && ` ${words}`} <code className="figures text-xs wrap-anywhere text-muted">{code}</code>
    </>
  )
}
