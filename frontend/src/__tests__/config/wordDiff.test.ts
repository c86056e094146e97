import { describe, expect, it } from 'vitest'
import { wordDiff, type Change } from '@/components/features/Config/wordDiff'

const without = (kind: Change['kind'], changes: Change[]) =>
  changes
    .filter((change) => change.kind !== kind)
    .map(({ text }) => text)
    .join('')

/** Words in an order that is the same each time. */
function aText(seed: number, length: number): string {
  let state = seed
  const word = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return ['open', 'closed', 'monday', 'at', 'nine\n', '', 'ñandú'][state % 7] ?? ''
  }
  return Array.from({ length }, word).join(' ')
}

describe('the difference of two texts', () => {
  it('is told word by word', () => {
    expect(wordDiff('We open at nine.', 'We close at nine or ten.')).toEqual([
      { kind: 'same', text: 'We ' },
      { kind: 'removed', text: 'open ' },
      { kind: 'added', text: 'close ' },
      { kind: 'same', text: 'at ' },
      { kind: 'removed', text: 'nine.' },
      { kind: 'added', text: 'nine or ten.' },
    ])
  })

  it.each([
    ['', 'new'],
    ['old', ''],
    ['', ''],
    ['the same', 'the same'],
    ['one\n\ntwo', 'one\ntwo'],
  ])('leads from %j to %j', (before, after) => {
    const changes = wordDiff(before, after)
    expect(without('added', changes)).toBe(before)
    expect(without('removed', changes)).toBe(after)
  })

  it('always contains both texts whole', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const [before, after] = [aText(seed, seed), aText(seed + 1_000, 61 - seed)]
      const changes = wordDiff(before, after)
      expect(without('added', changes)).toBe(before)
      expect(without('removed', changes)).toBe(after)
    }
  })

  it('is the shortest: one word between long passages that stay', () => {
    const text = aText(7, 5_000)
    const changed = wordDiff(`${text} before ${text}`, `${text} after ${text}`)
    expect(changed.map(({ kind }) => kind)).toEqual(['same', 'removed', 'added', 'same'])
  })

  it('gives up on texts that have nothing in common, and says so as a whole', () => {
    const before = Array.from({ length: 3_000 }, (_, n) => `a${n}`).join(' ')
    const after = Array.from({ length: 3_000 }, (_, n) => `b${n}`).join(' ')
    expect(wordDiff(before, after)).toEqual([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ])
  })
})
