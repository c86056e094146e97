import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { API, problem } from '@/testing/api'
import { aLine, talk } from '@/testing/line'
import { server } from '@/testing/server'
import { finishedCall, QUESTION } from '@/testing/timelines'

/** A call that has heard all of a finished one but its end. */
async function aCall() {
  const world = await aLine()
  await talk(world)
  world.callServer.timeline(finishedCall().raw.slice(0, -1))
  return world
}

const events = () => within(screen.getByRole('list', { name: 'Events' })).getAllByRole('listitem')

describe('the events of a live call', () => {
  it('are there one by one, the newest first', async () => {
    const { user, callServer } = await aCall()
    await user.click(screen.getByRole('tab', { name: 'Events' }))
    const before = events().length
    const [oldest] = events().slice(-1)
    callServer.timeline(finishedCall().raw.slice(-1))
    await waitFor(() => expect(events().length).toBeGreaterThan(before))
    expect(events().at(-1)).toBe(oldest)
  })

  it('are narrowed by words', async () => {
    const { user } = await aCall()
    await user.click(screen.getByRole('tab', { name: 'Events' }))
    const before = events().length
    await user.type(screen.getByRole('textbox', { name: 'Only events that quote' }), QUESTION)
    await waitFor(() => expect(events().length).toBeLessThan(before))
    for (const line of events()) expect(line).toHaveTextContent(QUESTION)
  })
})

describe('the recording', () => {
  const end = async ({ callServer }: Awaited<ReturnType<typeof aCall>>) => {
    callServer.say({ type: 'ended', cause: 'caller-hung-up' })
    return screen.findByRole('button', { name: 'Save recording' })
  }

  it('is saved under the agent’s name once the call is over', async () => {
    const world = await aCall()
    expect(screen.queryByRole('button', { name: 'Save recording' })).not.toBeInTheDocument()
    const wav = new Uint8Array([82, 73, 70, 70])
    server.use(
      http.get(`${API}/api/history/calls/call-1/recording`, () => HttpResponse.arrayBuffer(wav.buffer)),
    )
    const saved: { name: string; size: number }[] = []
    let size = 0
    vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
      size = (file as Blob).size
      return 'blob:recording'
    })
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue()
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, size })
    })
    await world.user.click(await end(world))
    await waitFor(() => expect(saved).toEqual([{ name: 'Reception.wav', size: 4 }]))
  })

  it('is said to be missing where calls are not recorded', async () => {
    const world = await aCall()
    server.use(
      http.get(`${API}/api/history/calls/call-1/recording`, () => problem(404, 'not-found', 'No recording.')),
    )
    const save = await end(world)
    await world.user.click(save)
    await waitFor(() =>
      expect(world.store.getState().ui.toasts).toMatchObject([
        { tone: 'info', text: 'There is no recording of this call.' },
      ]),
    )
    expect(save).toBeEnabled()
  })
})
