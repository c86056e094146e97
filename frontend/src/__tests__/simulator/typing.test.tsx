import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { refusedAudio } from '@/testing/FakeCallAudio'
import { aLine, talk, type Line } from '@/testing/line'
import { commit, greeted } from '@/testing/timelines'

const WORDS = 'Do you open on Sundays?'

const field = () => screen.findByRole('textbox', { name: 'Write to the agent' })

/** Have the call begin, and wait until one can write. */
async function begin({ callServer }: Pick<Line, 'callServer'>) {
  await callServer.begin()
  callServer.timeline(greeted().raw)
  await screen.findByText('Listening')
}

describe('in a call one can write', () => {
  it('and Enter sends it', async () => {
    const world = await aLine()
    await talk(world)
    await begin(world)
    await world.user.type(await field(), `  ${WORDS} {Enter}`)
    expect(await world.callServer.received('text')).toEqual({ type: 'text', text: WORDS })
    expect(await field()).toHaveValue('')
    expect(await field()).toHaveFocus()
  })

  it('and what was written is shown as such', async () => {
    const world = await aLine()
    await talk(world)
    const call = greeted().add(4_000, { type: 'text_typed', text: WORDS })
    world.callServer.timeline(call.raw)
    const log = screen.getByRole('log', { name: 'Conversation' })
    const written = await within(log).findByText(WORDS)
    expect(within(log).getByRole('img', { name: 'written' })).toBeInTheDocument()
    call.add(4_500, { type: 'deadline_reached' }, commit(2, 'caller', WORDS))
    world.callServer.timeline(call.raw.slice(-1))
    await waitFor(() => expect(written).not.toBeInTheDocument())
    expect(within(log).getByText(WORDS)).toBeInTheDocument()
    expect(within(log).getByRole('img', { name: 'written' })).toBeInTheDocument()
  })

  it('but not nothing, and not before it has begun', async () => {
    const world = await aLine()
    await world.user.click(await screen.findByRole('button', { name: 'Talk' }))
    await world.user.type(await field(), 'Hello{Enter}')
    expect(await field()).toHaveValue('Hello')
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
    await begin(world)
    await world.user.clear(await field())
    await world.user.type(await field(), '   {Enter}')
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
    await world.user.type(await field(), 'Now{Enter}')
    await world.callServer.received('text')
    expect(world.callServer.messages.filter((message) => 'text' in (message as object))).toEqual([
      { type: 'text', text: 'Now' },
    ])
  })

  it('and what cannot be sent yet stays in the field', async () => {
    const world = await aLine()
    await talk(world)
    await begin(world)
    vi.spyOn(performance, 'now').mockReturnValue(1_000_000)
    await world.user.type(await field(), 'One{Enter}')
    await world.user.type(await field(), 'Two{Enter}')
    expect(await field()).toHaveValue('Two')
  })
})

describe('without a microphone', () => {
  it('one calls by writing, with silence for the caller’s voice', async () => {
    const world = await aLine()
    await world.user.click(await screen.findByRole('button', { name: 'Type only' }))
    await begin(world)
    expect(world.audio.input).toEqual({ kind: 'silence' })
    expect(screen.queryByRole('button', { name: /Mute/ })).not.toBeInTheDocument()
    expect(screen.getByText('Without a microphone: you write, the agent speaks.')).toBeInTheDocument()
    await world.user.type(await field(), `${WORDS}{Enter}`)
    expect(await world.callServer.received('text')).toEqual({ type: 'text', text: WORDS })
  })

  it.each(['microphone-refused', 'microphone-missing', 'microphone-busy'] as const)(
    'writing is offered when it is %s',
    async (trouble) => {
      let isRefused = true
      const world = await aLine({
        openAudio: (listener, input) =>
          isRefused ? refusedAudio(trouble)() : world.audio.open(listener, input),
      })
      await world.user.click(await screen.findByRole('button', { name: 'Talk' }))
      const alert = await screen.findByRole('alert')
      isRefused = false
      await world.user.click(within(alert).getByRole('button', { name: 'Type instead' }))
      await begin(world)
      expect(world.audio.input).toEqual({ kind: 'silence' })
    },
  )

  it('writing is not offered for what it does not get around', async () => {
    const world = await aLine({ openAudio: refusedAudio('audio-unsupported') })
    await world.user.click(await screen.findByRole('button', { name: 'Talk' }))
    const alert = await screen.findByRole('alert')
    expect(within(alert).queryByRole('button')).not.toBeInTheDocument()
  })
})

describe('a call whose network goes', () => {
  it('says so at once, and once it is cut how to go on', async () => {
    const world = await aLine()
    await talk(world)
    await begin(world)
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    window.dispatchEvent(new Event('offline'))
    expect(await screen.findByText('The call goes on if it comes back within seconds.')).toBeInTheDocument()
    world.callServer.close(1006)
    expect(await screen.findByRole('alert')).toHaveTextContent('You are offline')
    expect(screen.getByRole('link', { name: 'See it in the history' })).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Talk again' })).toBeEnabled()
  })
})
