import { expect, it } from 'vitest'
import { transcriptText } from '@/components/features/History/transcript/transcriptText'
import { foldAll } from '@/conversation/fold'
import { turnsOf } from '@/conversation/view'
import { finishedCall } from '@/testing/timelines'
import { fileName } from '@/utils/saveFile'

it('a transcript to take away says who spoke when, and what nobody heard', () => {
  const text = transcriptText(turnsOf(foldAll(finishedCall().entries)), {
    title: 'A call',
    names: { caller: 'Caller', agent: 'Ana' },
    time: (ns) => `${ns / 1_000_000_000}`,
    unheard: (words) => `[not heard: ${words}]`,
  })
  expect(text.split('\n\n').slice(0, 4)).toEqual([
    'A call',
    '[0.09] Ana: Good morning. How can I help you?',
    '[4] Caller: I would like an appointment on Thursday.',
    '[7.1] Ana: Of course. We have a quarter past ten [not heard: , and half past five in the afternoon.]',
  ])
})

it('a file is named so that every file system takes it', () => {
  expect(fileName('../Señor/"Ana"', '2026-11-22T10:30')).toBe('Señor-Ana-2026-11-22T10-30')
})
