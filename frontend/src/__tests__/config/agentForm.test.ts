import { describe, expect, it } from 'vitest'
import { agentSchema, draftOf, valuesOf } from '@/components/features/Config/agentSchema'
import { blanksIn, fillBlank, pieces, tokenEstimate } from '@/components/features/Config/blanks'
import { DEFAULT_TURN_TAKING, emptyDraft } from '@/components/features/Config/defaults'
import { settingDifferences, textDifferences } from '@/components/features/Config/draftDiff'
import { PRESET_NAMES, presetOf, withPreset } from '@/components/features/Config/manners'
import { formField } from '@/components/features/Config/serverFields'
import { draftFrom, TEMPLATE_IDS } from '@/components/features/Config/templates'
import { settingLabel } from '@/components/features/Config/settingLabels'
import { wordsIn } from '@/components/features/Config/WordsField'
import { aDraft, anAgent } from '@/testing/api'
import type { AgentDraft } from '@/types'

describe('blanks', () => {
  it('are found once each, however they are spaced', () => {
    expect(blanksIn('{{ name }}, {{name}}', 'at {{opening hours}}')).toEqual(['name', 'opening hours'])
  })

  it('are filled in everywhere, with what was written and nothing else', () => {
    expect(fillBlank('{{name}} and {{ name }}, not {{names}}', 'name', '$& co')).toBe(
      '$& co and $& co, not {{names}}',
    )
  })

  it.each(['', 'none', '{{a}}', 'x {{a}}{{b}} y', '{{open', '{{two\nlines}}', '{{{a}}}'])(
    'cut %j into pieces that are the text',
    (text) => {
      expect(
        pieces(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text)
    },
  )

  it('do not disturb the estimate of tokens', () => {
    expect(tokenEstimate('')).toBe(0)
    expect(tokenEstimate('a'.repeat(400))).toBe(100)
  })
})

describe('presets', () => {
  it.each(PRESET_NAMES)('are recognised again: %s', (preset) => {
    expect(presetOf(withPreset(DEFAULT_TURN_TAKING, preset))).toBe(preset)
  })

  it('leave alone what they do not speak of', () => {
    const own = {
      ...DEFAULT_TURN_TAKING,
      barge_in: { ...DEFAULT_TURN_TAKING.barge_in, backchannels: ['aye'] },
    }
    expect(withPreset(own, 'brisk').barge_in.backchannels).toEqual(['aye'])
  })

  it('are not what somebody set by hand', () => {
    const { endpointing } = DEFAULT_TURN_TAKING
    expect(
      presetOf({ ...DEFAULT_TURN_TAKING, endpointing: { ...endpointing, min_pause_ms: 481 } }),
    ).toBeNull()
  })
})

describe('the form’s values', () => {
  it('become the agent they came from', () => {
    const draft = aDraft({ engines: { vad: 'silero', stt: ['a', 'auto'], llm: [] } })
    expect(draftOf(valuesOf(draft))).toEqual(draft)
  })

  it.each(['en', 'es', 'fr'])('are good in every template in %s, once it is named', (language) => {
    for (const id of TEMPLATE_IDS) {
      const draft = draftFrom(id, language)
      expect(draft.language).toBe(language)
      expect(agentSchema.safeParse(valuesOf(draft)).success).toBe(true)
      expect(blanksIn(draft.prompt, draft.first_message, draft.knowledge)).not.toEqual([])
    }
  })

  it('take the server’s words for a field to the field', () => {
    const values = valuesOf(emptyDraft('en'))
    expect(formField('body.voice.speed', values)).toBe('voice.speed')
    expect(formField('engines.stt.0', values)).toBe('engines.stt.0.engine')
    expect(formField('engines.llm[0].model', values)).toBe('engines.llm.0.model')
    expect(formField('engines.llm.7.model', values)).toBeNull()
    expect(formField('version', values)).toBeNull()
  })

  it('keep each word of a list once, as the server would', () => {
    expect(wordsIn(' Mm-hm, aye;AYE\n, of course ')).toEqual(['mm-hm', 'aye', 'of course'])
  })
})

describe('the difference of two agents', () => {
  it('names texts and settings that differ, and no others', () => {
    const before = anAgent()
    const after = anAgent({
      prompt: 'You answer for a bistro.',
      version: 9,
      voice: { ...before.voice, speed: 1.2 },
      engines: { ...before.engines, llm: [{ engine: 'groq', model: 'llama', temperature: null }] },
    })
    expect(textDifferences(before, after).map(({ field }) => field)).toEqual(['prompt'])
    expect(settingDifferences(before, after)).toEqual([
      { section: 'voice', path: 'voice.speed', before: '1', after: '1.2' },
      { section: 'engines', path: 'engines.llm', before: 'auto', after: 'groq · llama' },
    ])
    expect(settingDifferences(before, before)).toEqual([])
  })

  it('calls every setting by its name in the form', () => {
    const nothing = { voice: {}, engines: {}, turn_taking: {}, latency: {}, telephone: {} } as AgentDraft
    const paths = settingDifferences(aDraft(), nothing).map(({ path }) => path)
    expect(paths.length).toBeGreaterThan(25)
    expect(paths.filter((path) => settingLabel(path) === null)).toEqual([])
  })
})
