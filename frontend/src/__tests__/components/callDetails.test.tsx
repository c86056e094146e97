import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { agentRoutes, anAgent, API, problem } from '@/testing/api'
import { aCall, aWav, callRoutes } from '@/testing/calls'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'
import { commit, finishedCall, TimelineWriter } from '@/testing/timelines'
import type { CallSummary } from '@/types/calls'

/** jsdom plays nothing: an element that only remembers whether it was asked to. */
const play = vi.fn(() => Promise.resolve())

beforeEach(() => {
  HTMLMediaElement.prototype.play = play
  HTMLMediaElement.prototype.pause = () => {}
  URL.createObjectURL = () => 'blob:file'
  URL.revokeObjectURL = () => {}
})
afterEach(() => play.mockClear())

function open(
  change: Partial<CallSummary> = {},
  { path = '/calls/call-1', timeline = finishedCall(), fails = false } = {},
) {
  let isGood = !fails
  server.use(
    http.get(`${API}/api/history/calls/call-1`, () => {
      if (isGood) return undefined // the route below answers
      isGood = true
      return problem(500, 'internal-error', 'Boom.')
    }),
    ...agentRoutes([anAgent()]),
    ...callRoutes([aCall(change)], { timeline: timeline.raw }),
    http.get(`${API}/api/history/calls/call-1/recording`, () => HttpResponse.arrayBuffer(aWav([[0, 0]]))),
  )
  return renderApp({ path })
}

/** What plays, once the recording has come. */
function player(): Promise<HTMLAudioElement> {
  return waitFor(() => {
    const element = document.querySelector('audio')
    if (!element) throw new Error('nothing plays')
    return element
  })
}

describe('the words of a call', () => {
  it('are heard from the one that is pressed', async () => {
    const { user } = open({ has_recording: true })
    const audio = await player()
    await user.click(await screen.findByText('Thursday.'))
    expect(audio.currentTime).toBeCloseTo(4 + (31 / 40) * 2.2 - 0.12)
    expect(play).toHaveBeenCalledOnce()
  })

  it('are chosen with the keyboard, too', async () => {
    const { user } = open({ has_recording: true })
    const audio = await player()
    const turn = (await screen.findAllByRole('group', { name: 'What the caller said' }))[0]
    turn?.focus()
    await user.keyboard('{End}{Enter}')
    expect(audio.currentTime).toBeCloseTo(4 + (31 / 40) * 2.2 - 0.12)
    expect(play).toHaveBeenCalledOnce()
  })

  it('are marked as they are said', async () => {
    open({ has_recording: true })
    const audio = await player()
    audio.currentTime = 6.1
    fireEvent.timeUpdate(audio)
    expect(screen.getByText('Thursday.')).toHaveAttribute('aria-current', 'true')
    expect(document.querySelectorAll('[aria-current="true"][data-word]')).toHaveLength(1)
  })

  it('that were searched for are marked', async () => {
    open({ has_recording: true }, { path: '/calls/call-1?q=THURSDAY' })
    expect(await screen.findByText('Thursday.')).toHaveAttribute('data-hit', 'true')
  })

  it('are text, whatever is in them', async () => {
    const words = `<img src=x onerror="alert(1)"> \u202eoverride ${'x'.repeat(100_000)}`
    const timeline = new TimelineWriter().add(
      0,
      { type: 'call_started' },
      commit(1, 'caller', words, { toMs: 1_000 }),
    )
    open({}, { timeline })
    const said = await screen.findByText(/onerror/)
    expect(said.textContent).toBe(words)
    expect(said.closest('[dir]')).toHaveAttribute('dir', 'auto')
    expect(document.querySelector('img')).toBeNull()
    // In pieces: a browser would lay out one run of this length for half a minute.
    const pieces = Array.from(said.childNodes, (node) => node.textContent ?? '')
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(200)
  })
})

describe('the details of a call', () => {
  it('that do not come are asked for again', async () => {
    const { user } = open({}, { fails: true })
    expect(await screen.findByRole('alert')).toHaveTextContent(/The server made a mistake.*Request req-1/)
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('region', { name: 'Why it ended' })).toBeInTheDocument()
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('say in words why it ended', async () => {
    open({ end_cause: 'engines-failed', status: 'failed' })
    const section = await screen.findByRole('region', { name: 'Why it ended' })
    expect(section).toHaveTextContent('The engines failed')
    expect(section).toHaveTextContent('no conversation was possible')
  })

  it('say which engines it began with, which stood in, and what failed', async () => {
    const failure = { type: 'engine_failed', port: 'stt', engine: 'deepgram', code: 'stt-silent' }
    const timeline = finishedCall()
      .add(12_000, { ...failure, successor: 'pocketsphinx' })
      .add(41_000, { ...failure, successor: 'pocketsphinx' })
      .add(42_000, { ...failure, engine: 'pocketsphinx', successor: 'pocketsphinx' })
    open({ engines: { vad: 'silero', stt: 'deepgram', llm: 'builtin', tts: 'espeak' } }, { timeline })
    const section = await screen.findByRole('region', { name: 'Engines' })
    await waitFor(() =>
      expect(section).toHaveTextContent(
        /Understandsdeepgram\s*PocketSphinx stood in 2 times, first at 0:12\s*Set in the agent: automatic/,
      ),
    )
    expect(section).toHaveTextContent('SpeakseSpeak NG')
    const failures = within(section).getByRole('list', { name: 'Engine failures' })
    expect(failures).toHaveTextContent('Somebody spoke, and the recogniser gave no words.')
    expect(failures).toHaveTextContent('deepgram: stt-silent → pocketsphinx')
  })

  it('say in words what failed, and keep the code to search for', async () => {
    const failure = { type: 'engine_failed', port: 'llm', engine: 'groq', code: 'rate-limited' }
    const timeline = finishedCall().add(12_000, { ...failure, successor: 'builtin' })
    const { user } = open({}, { timeline })
    const note = await screen.findByText(/groq failed; Demo brain stood in\./)
    expect(note).toHaveTextContent('The provider asks for a pause: too many requests. rate-limited')
    await user.click(screen.getByRole('tab', { name: 'Events' }))
    await user.type(screen.getByRole('textbox', { name: 'Only events that quote' }), 'rate-limited')
    const log = within(screen.getByRole('list', { name: 'Events' }))
    expect(log.getByRole('listitem')).toHaveTextContent(/An engine failed\. The provider asks for a pause/)
  })

  it('list the events, narrowed by kind', async () => {
    const { user } = open()
    await user.click(await screen.findByRole('tab', { name: 'Events' }))
    const log = screen.getByRole('list', { name: 'Events' })
    expect(within(log).getByText(/The caller left: The caller hung up/)).toBeInTheDocument()
    expect(log).not.toHaveTextContent('Understood so far')
    await user.click(screen.getByRole('button', { name: 'Word by word' }))
    expect(log).toHaveTextContent('Understood so far')
    await user.type(screen.getByRole('textbox', { name: 'Only events that quote' }), 'mm-hm')
    expect(within(log).getAllByRole('listitem')).toHaveLength(1)
  })
})

describe('what is written beside a call', () => {
  it('is saved, tags included', async () => {
    const { user } = open()
    const sent: unknown[] = []
    server.events.on('request:start', async ({ request }) => {
      if (request.method === 'PATCH') sent.push(await request.clone().json())
    })
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Call back')
    await user.type(screen.getByRole('textbox', { name: 'Add a tag' }), ' follow  up {Enter}')
    await user.click(screen.getByRole('button', { name: 'Save notes' }))
    expect(await screen.findByText('The notes were saved.')).toBeInTheDocument()
    expect(sent).toEqual([{ note: 'Call back', tags: ['follow up'] }])
    expect(screen.getByRole('button', { name: 'Save notes' })).toBeDisabled()
    server.events.removeAllListeners()
  })

  it('is refused at the field, with the reason', async () => {
    const { user } = open()
    const note = await screen.findByRole('textbox', { name: 'Note' })
    fireEvent.change(note, { target: { value: 'x'.repeat(4_001) } })
    await user.click(screen.getByRole('button', { name: 'Save notes' }))
    expect(await screen.findByText('A note has at most 4000 characters.')).toBeInTheDocument()
    expect(note).toBeInvalid()

    await user.click(screen.getByRole('textbox', { name: 'Add a tag' }))
    await user.paste('y'.repeat(41))
    expect(screen.getByText('A tag has at most 40 characters.')).toBeInTheDocument()
  })

  it('stays in the form when the server refuses it', async () => {
    const { user } = open()
    server.use(
      http.patch(`${API}/api/history/calls/call-1`, () =>
        problem(422, 'invalid', 'Refused.', [{ field: 'note', message: 'not such a note' }]),
      ),
    )
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Call back')
    await user.click(screen.getByRole('button', { name: 'Save notes' }))
    expect(await screen.findByText('not such a note')).toBeInTheDocument()
    expect(screen.getByRole('textbox', { name: 'Note' })).toHaveValue('Call back')
  })

  it('is not lost without being asked about', async () => {
    const { user, router } = open()
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Call back')
    await user.click(screen.getByRole('button', { name: 'Close' }))
    const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
    expect(router.state.location.pathname).toBe('/calls/call-1')
    await user.click(within(question).getByRole('button', { name: 'Leave' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/calls'))
  })
})
