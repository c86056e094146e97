import { describe, expect, it } from 'vitest'
import { weekdaysInShort } from '@/components/features/Telephone/campaigns/weekdays'

describe('weekdays in few words', () => {
  it.each([
    [[1, 2, 3, 4, 5], 'Mon–Fri'],
    [[1, 2, 3, 4, 5, 6, 7], 'Mon–Sun'],
    [[2, 1], 'Mon, Tue'],
    [[7, 1, 2, 3], 'Mon–Wed, Sun'],
    [[3], 'Wed'],
  ])('tell %j as %s', (days, words) => {
    expect(weekdaysInShort(days, 'en-GB')).toBe(words)
  })

  it('are in the language of the console', () => {
    expect(weekdaysInShort([1, 2, 3, 4, 5], 'es-ES')).toBe('lun–vie')
  })
})
