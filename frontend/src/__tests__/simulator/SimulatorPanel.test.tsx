import { http } from 'msw'
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { selectOptions } from '@/store/slices/configSlice'
import { anEngine, API, OPTIONS, problem } from '@/testing/api'
import { aLine, talk } from '@/testing/line'
import { refusedAudio } from '@/testing/FakeCallAudio'
import { server } from '@/testing/server'
import { ANSWER, finishedCall, GREETING, HEARD, interruptedCall, QUESTION } from '@/testing/timelines'

const state = () => screen.getAllByRole('status')[0]

describe('the Talk page', () => {
  it('places a call and says at every moment what the agent does', async () => {
    const world = await aLine()
    await talk(world)
    const { raw } = finishedCall()
    const upTo = (seq: number) => world.callServer.timeline(raw.slice(0, seq))
    for (const [seq, words] of [
      [2, 'Thinking'],
      [3, 'Speaking'],
      [4, 'Listening'],
      [14, 'Paused for you'],
      [15, 'Speaking'],
    ] as const) {
      upTo(seq)
      await waitFor(() => expect(state()).toHaveTextContent(words))
    }
    expect(screen.getByText('Speaking')).toBeInTheDocument()
  })

  it('strikes through what the caller never heard', async () => {
    const world = await aLine()
    await talk(world)
    world.callServer.timeline(finishedCall().raw.slice(0, -1))
    const log = screen.getByRole('log', { name: 'Conversation' })
    await within(log).findByText('interrupted')
    expect(within(log).getByText(GREETING)).toBeInTheDocument()
    expect(within(log).getByText(QUESTION)).toBeInTheDocument()
    const struck = within(log).getByText(ANSWER.slice(HEARD.length).trim(), { exact: false, selector: 'del' })
    expect(struck).toHaveTextContent(`not heard: ${ANSWER.slice(HEARD.length).trim()}`)
    expect(within(log).getByText('The caller said “mm-hm” and the agent went on.')).toBeInTheDocument()
  })

  it('explains the last answer’s latency, segment by segment', async () => {
    const world = await aLine()
    await talk(world)
    world.callServer.timeline(interruptedCall().raw)
    const panel = (await screen.findByRole('heading', { name: 'Answer latency' })).closest('section')
    const segments = await within(panel ?? document.body).findAllByRole('listitem')
    expect(segments.map((segment) => segment.textContent)).toEqual([
      'Pause grantedsetting480 ms',
      'Final transcriptSTT36 ms',
      'First tokenLLM212 ms',
      'First clauseLLM88 ms',
      'First audioTTS71 ms',
      'Until audibleVictoria + network13 ms',
    ])
    expect(panel).toHaveTextContent('Voice to voice900 ms')
  })

  it('hangs up, says why the call is over, and leads to it in the history', async () => {
    const world = await aLine()
    await talk(world)
    await world.user.click(screen.getByRole('button', { name: 'Hang up' }))
    await world.callServer.received('hangup')
    world.callServer.say({ type: 'ended', cause: 'caller-hung-up' })
    expect(await screen.findByText('You hung up.')).toBeInTheDocument()
    expect(world.audio.isOpen).toBe(false)
    expect(screen.getByRole('button', { name: 'Talk again' })).toBeEnabled()
    await world.user.click(screen.getByRole('link', { name: 'See it in the history' }))
    await waitFor(() => expect(world.router.state.location.pathname).toBe('/calls/call-1'))
  })

  it('offers no second call while one runs', async () => {
    const world = await aLine()
    await talk(world)
    expect(screen.queryByRole('button', { name: /Talk/ })).not.toBeInTheDocument()
    expect(screen.getByRole('combobox', { name: 'Agent' })).toBeDisabled()
    expect(world.callServer.sockets).toBe(1)
  })

  it('keeps the keyboard at the button that matters', async () => {
    const world = await aLine()
    await talk(world)
    await waitFor(() => expect(screen.getByRole('button', { name: 'Hang up' })).toHaveFocus())
    await world.user.keyboard('{Enter}')
    await world.callServer.received('hangup')
    world.callServer.say({ type: 'ended', cause: 'caller-hung-up' })
    await waitFor(() => expect(screen.getByRole('button', { name: 'Talk again' })).toHaveFocus())
  })

  it('mutes and unmutes the microphone', async () => {
    const world = await aLine()
    await talk(world)
    const mute = screen.getByRole('button', { name: 'Mute microphone' })
    await waitFor(() => expect(mute).toBeEnabled())
    await world.user.click(mute)
    expect(mute).toHaveAttribute('aria-pressed', 'true')
    expect(world.audio.muted).toBe(true)
    await world.user.click(mute)
    expect(world.audio.muted).toBe(false)
  })
})

describe('when a call cannot be', () => {
  it.each([
    ['en', 'Talk', 'The microphone is blocked', /press Talk again/],
    ['es', 'Hablar', 'El micrófono está bloqueado', /pulsa Hablar otra vez/],
  ] as const)('says in %s what to do about a refused microphone', async (language, button, title, remedy) => {
    const { user } = await aLine({ openAudio: refusedAudio('microphone-refused'), language })
    await user.click(await screen.findByRole('button', { name: button }))
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent(title)
    expect(alert).toHaveTextContent(remedy)
    expect(screen.getByRole('button', { name: button })).toBeEnabled()
  })

  it('tells a busy server by its close code', async () => {
    const world = await aLine()
    await world.user.click(await screen.findByRole('button', { name: 'Talk' }))
    await world.callServer.received('hello')
    world.callServer.close(1013)
    expect(await screen.findByRole('alert')).toHaveTextContent('All lines are busy')
  })

  it('has words for a code that nobody foresaw', async () => {
    const world = await aLine()
    await talk(world)
    world.callServer.say({ type: 'error', code: 'solar-flare', message: 'The sun did it.' })
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('The call could not begin')
    expect(alert).toHaveTextContent('The sun did it.')
  })

  it('leads to the login when the key is no longer good', async () => {
    const world = await aLine()
    server.use(http.post(`${API}/api/calls/tickets`, () => problem(401, 'unauthorized', 'unknown key')))
    await world.user.click(await screen.findByRole('button', { name: 'Talk' }))
    await waitFor(() => expect(world.store.getState().auth.status).toBe('anonymous'))
    expect(world.audio.isOpen).toBe(false)
  })
})

describe('before a call', () => {
  it('tells of an engine that is being prepared, and how far it is', async () => {
    const preparing = { language: 'en', state: 'preparing' as const, detail: 'Downloading.', progress: 0.37 }
    const stt = [anEngine('moonshine', 'Moonshine', { readiness: [preparing] }), ...OPTIONS.engines.stt]
    await aLine({ options: { ...OPTIONS, engines: { ...OPTIONS.engines, stt } } })
    expect(await screen.findByRole('progressbar', { name: /Moonshine.*37 %/ })).toHaveValue(37)
    expect(screen.getByText(/You can talk already/)).toBeInTheDocument()
  })

  it('says to wait when nothing can take the place of what is being prepared', async () => {
    const readiness = [
      { language: 'en', state: 'preparing' as const, detail: 'Downloading.', progress: null },
    ]
    const stt = [anEngine('moonshine', 'Moonshine', { readiness })]
    await aLine({ options: { ...OPTIONS, engines: { ...OPTIONS.engines, stt } } })
    expect(await screen.findByText('Speech recognition (Moonshine) is being prepared')).toBeInTheDocument()
    expect(screen.getByText(/please wait until it is ready/)).toBeInTheDocument()
  })

  it('keeps silent about engines that the agent does not need', async () => {
    const readiness = [{ language: 'en', state: 'unavailable' as const, detail: 'No key.', progress: null }]
    const llm = [...OPTIONS.engines.llm, anEngine('groq', 'Groq', { readiness })]
    const { store } = await aLine({ options: { ...OPTIONS, engines: { ...OPTIONS.engines, llm } } })
    await waitFor(() => expect(selectOptions(store.getState())).not.toBeNull())
    expect(screen.queryByText(/Groq/)).not.toBeInTheDocument()
  })
})
