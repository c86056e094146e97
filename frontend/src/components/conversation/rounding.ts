/**
 * Round parts to whole numbers so that they sum to the rounded total: whoever adds up the figures of a waterfall
 * arrives at what was felt. The largest remainders are rounded up (Hamilton's method).
 */
export function roundedParts(parts: readonly number[]): number[] {
  const floors = parts.map(Math.floor)
  const total = Math.round(parts.reduce((sum, part) => sum + part, 0))
  const missing = total - floors.reduce((sum, part) => sum + part, 0)
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: part - Math.floor(part) }))
    .sort((a, b) => b.remainder - a.remainder)
  for (const { index } of byRemainder.slice(0, missing)) floors[index] = (floors[index] ?? 0) + 1
  return floors
}
