import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { DEFAULT_TURN_TAKING } from '@/components/features/Config/defaults'
import { aServer, nameField } from '@/testing/agents'
import { anAgent, anEngine, answer, API, OPTIONS, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { selectTriedDraft } from '@/store/slices/configSlice'
import { server } from '@/testing/server'
// The page of the list, loaded beforehand: whoever leaves the form is there at once.
import '@/pages/VoiceConfigPage'

describe('the agent form', () => {
  it('creates an agent and stays with it', async () => {
    aServer()
    const { user, router } = renderApp({ path: '/agents/new' })
    await user.click(await screen.findByRole('link', { name: /^Empty/ }))
    await user.type(await nameField(), 'Bistro')
    await user.type(screen.getByRole('textbox', { name: 'Prompt' }), 'Take reservations.')
    await user.click(screen.getByRole('button', { name: 'Create agent' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/agents/new-1'))
    expect(await screen.findByRole('heading', { name: 'Bistro' })).toBeInTheDocument()
  })

  it('wants a name, and says so at the field', async () => {
    aServer(anAgent())
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.clear(await nameField())
    await user.click(screen.getByRole('button', { name: 'Save' }))
    const field = await nameField()
    await waitFor(() => expect(field).toBeInvalid())
    expect(field).toHaveAccessibleDescription('Please fill this in.')
  })

  it('sends what it does not show unchanged, with the version it is based on', async () => {
    const updates = aServer(
      anAgent({ turn_taking: { ...DEFAULT_TURN_TAKING, first_speaker: 'caller' }, version: 7 }),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), ' desk')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Saved. The next call uses it.')).toBeInTheDocument()
    expect(updates).toEqual([
      expect.objectContaining({
        name: 'Reception desk',
        version: 7,
        turn_taking: { ...DEFAULT_TURN_TAKING, first_speaker: 'caller' },
        engines: anAgent().engines,
      }),
    ])
  })

  it('begins with a template, and has its blanks filled in everywhere at once', async () => {
    aServer()
    const { user } = renderApp({ path: '/agents/new' })
    await user.click(await screen.findByRole('link', { name: /^Bookings/ }))
    const blank = await screen.findByRole('textbox', { name: 'business' })
    await user.type(blank, 'Bistro{Enter}')
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveDisplayValue(/for Bistro\./)
    expect(screen.getByRole('textbox', { name: 'First message' })).toHaveValue(
      'Hello, Bistro. For which day would you like to book?',
    )
    expect(screen.queryByRole('textbox', { name: 'business' })).not.toBeInTheDocument()
  })

  it('sends the engines in the order they were put into', async () => {
    const groq = anEngine('groq', 'Groq', { model: 'llama-3.3' })
    const updates = aServer(anAgent())
    server.use(
      answer('/api/config/options', {
        ...OPTIONS,
        engines: { ...OPTIONS.engines, llm: [...OPTIONS.engines.llm, groq] },
      }),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await screen.findByRole('option', { name: 'Groq' })
    await user.selectOptions(screen.getByRole('combobox', { name: 'Add a model …' }), 'Groq')
    await user.click(await screen.findByRole('button', { name: 'Move Groq up' }))
    await user.type(screen.getByRole('textbox', { name: 'Model' }), 'llama-4')
    const [ofGroq] = screen.getAllByRole('listitem').filter((item) => within(item).queryByText('Groq'))
    if (!ofGroq) throw new Error('Groq is not in the list')
    await user.type(within(ofGroq).getByRole('spinbutton', { name: 'Temperature' }), '0.4')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(updates).toHaveLength(1))
    expect(updates[0]?.engines).toEqual({
      vad: 'auto',
      stt: ['auto'],
      llm: [
        { engine: 'groq', model: 'llama-4', temperature: 0.4 },
        { engine: 'auto', model: '', temperature: null },
      ],
    })
  })

  it('says in words what a preset means, and sends its numbers', async () => {
    const updates = aServer(anAgent())
    const { user } = renderApp({ path: '/agents/agent-1' })
    expect(await screen.findByRole('radio', { name: 'Balanced' })).toBeChecked()
    await user.click(screen.getByRole('radio', { name: 'Patient' }))
    expect(screen.getByText(/answers after 720 ms; in doubt it waits up to 2 s/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(updates).toHaveLength(1))
    expect(updates[0]?.turn_taking.endpointing).toMatchObject({ min_pause_ms: 720, max_pause_ms: 2_000 })
    expect(updates[0]?.turn_taking.limits).toEqual(DEFAULT_TURN_TAKING.limits)
  })

  it('refuses numbers that contradict each other, at the field, in the unit that is shown', async () => {
    const updates = aServer(anAgent())
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.click(await screen.findByText('The numbers behind it'))
    const longest = screen.getByRole('spinbutton', { name: 'After an unfinished one' })
    const call = screen.getByRole('spinbutton', { name: 'Longest call' })
    await user.clear(longest)
    await user.type(longest, '100')
    await user.clear(call)
    await user.type(call, '2000')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(
      await screen.findByText('Cannot be shorter than the wait after a finished sentence.'),
    ).toBeInTheDocument()
    expect(call).toHaveAccessibleDescription(/^Between 0 and 1,440\./)
    expect(screen.getByRole('link', { name: 'Please check: Turn-taking' })).toBeInTheDocument()
    expect(updates).toEqual([])
  })

  it('plays the voice as it is set, before anything is saved', async () => {
    aServer(anAgent())
    const asked: unknown[] = []
    server.use(
      http.post(`${API}/api/config/voices/preview`, async ({ request }) => {
        asked.push(await request.json())
        return problem(503, 'not-ready', 'Being prepared.')
      }),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.click(await screen.findByRole('button', { name: 'Listen to Automatic' }))
    expect(await screen.findByText(/not ready yet.*\(Being prepared\.\)$/)).toBeInTheDocument()
    expect(asked).toEqual([{ language: 'en', voice: anAgent().voice, text: '' }])
  })

  it('hands an unsaved draft to the simulator', async () => {
    const updates = aServer(anAgent())
    const { user, store } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), '!')
    await user.click(screen.getByRole('button', { name: 'Test this draft' }))
    await waitFor(() =>
      expect(selectTriedDraft(store.getState())).toMatchObject({
        agentId: 'agent-1',
        draft: { name: 'Reception!', engines: { stt: ['auto'] } },
      }),
    )
    expect(updates).toEqual([])
  })

  it('puts the server’s objections at the fields that they are about', async () => {
    aServer(anAgent())
    server.use(
      http.put(`${API}/api/config/agents/agent-1`, () =>
        problem(422, 'invalid-request', 'no', [
          { field: 'voice.speed', message: 'Too fast for this engine.' },
        ]),
      ),
    )
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), '!')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Too fast for this engine.')).toBeInTheDocument()
    expect(screen.getByRole('slider', { name: 'Speed' })).toBeInvalid()
  })

  it('offers the voices of the chosen engine and language, and forgets one that no longer fits', async () => {
    aServer(anAgent({ voice: { engine: 'espeak', voice: 'en-gb', speed: 1, pitch: 0, style: '' } }))
    const { user } = renderApp({ path: '/agents/agent-1' })
    const voice = await screen.findByRole('combobox', { name: 'Voice' })
    await waitFor(() => expect(voice).toHaveDisplayValue('British · en-GB · female'))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Language', description: '' }), 'es')
    await waitFor(() => expect(voice).toHaveDisplayValue('The language’s own'))
    expect(
      within(voice)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['The language’s own', 'Castellano · es'])
  })

  it('keeps which other languages callers may speak, never the agent’s own among them', async () => {
    const updates = aServer(anAgent())
    const { user } = renderApp({ path: '/agents/agent-1' })
    await user.click(await screen.findByRole('checkbox', { name: 'Español' }))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Saved. The next call uses it.')).toBeInTheDocument()
    expect(updates.at(-1)?.other_languages).toEqual(['es'])
    await user.selectOptions(screen.getByRole('combobox', { name: 'Language', description: '' }), 'es')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(updates.at(-1)).toMatchObject({ language: 'es', other_languages: [] }))
  })

  it('asks before leaving with unsaved changes', async () => {
    aServer(anAgent())
    const { user, router } = renderApp({ path: '/agents/agent-1' })
    await user.type(await nameField(), '!')
    await user.click(screen.getByRole('link', { name: 'Calls' }))
    await user.click(await screen.findByRole('button', { name: 'Keep editing' }))
    expect(router.state.location.pathname).toBe('/agents/agent-1')
    expect(await nameField()).toHaveValue('Reception!')
  })

  it('leaves without asking when nothing was changed', async () => {
    aServer(anAgent())
    const { user, router } = renderApp({ path: '/agents/agent-1' })
    await nameField()
    await user.click(screen.getByRole('link', { name: 'All agents' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/agents'))
  })
})
