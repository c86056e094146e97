import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { CallFailure } from '@/components/features/Simulator/CallFailure'
import { browserFamily } from '@/components/features/Simulator/utils/browserFamily'
import { openMicrophone } from '@/components/features/Simulator/utils/microphone'
import { writePreference } from '@/services/preferences'
import { FakeMicrophones } from '@/testing/FakeMicrophones'
import { aLine } from '@/testing/line'
import { renderApp } from '@/testing/render'

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15'
const PIXEL =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1'

describe('a browser’s family', () => {
  it.each([
    [CHROME, 0, 'chrome'],
    [`${CHROME} Edg/138.0.0.0`, 0, 'chrome'],
    [FIREFOX, 0, 'firefox'],
    [SAFARI, 0, 'safari'],
    [SAFARI, 5, 'ios'],
    [IPHONE, 5, 'ios'],
    [PIXEL, 5, 'android'],
    ['Lynx/2.9', 0, 'other'],
  ])('of %s with %i touch points is %s', (userAgent, maxTouchPoints, family) => {
    expect(browserFamily({ userAgent, maxTouchPoints })).toBe(family)
  })
})

describe('a microphone that cannot be opened', () => {
  it.each([
    ['NotAllowedError', 'Permission denied', 'microphone-refused'],
    ['NotAllowedError', 'Permission denied by system', 'microphone-refused-by-system'],
    ['NotFoundError', 'Requested device not found', 'microphone-missing'],
    ['OverconstrainedError', '', 'microphone-missing'],
    ['NotReadableError', 'Could not start audio source', 'microphone-busy'],
  ])('is told by %s “%s” to be %s', async (name, message, code) => {
    FakeMicrophones.plugIn().refusal = new DOMException(message, name)
    await expect(openMicrophone(null)).rejects.toMatchObject({ code })
  })

  it.each([
    [CHROME, /Press the symbol to the left of the address/],
    [FIREFOX, /Press the crossed-out microphone/],
    [SAFARI, /Safari › Settings › Websites › Microphone/],
    [PIXEL, /Android’s Settings/],
    [IPHONE, /Website Settings/],
  ])('is explained to who uses %s', async (userAgent, remedy) => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(userAgent)
    const failure = { code: 'microphone-refused', message: '' }
    renderApp({ routes: [{ path: '/talk', element: <CallFailure failure={failure} /> }] })
    expect(await screen.findByRole('alert')).toHaveTextContent(remedy)
  })
})

const DESK = { id: 'desk', name: 'Desk microphone', peak: 0.3 }
const HEADSET = { id: 'headset', name: 'Headset', peak: 0 }
const picker = () => screen.getByRole('combobox', { name: 'Microphone' })
const check = () => screen.findByRole('button', { name: 'Check the level' })

describe('before a call', () => {
  it('one checks whether one can be heard, and gives the microphone back', async () => {
    const microphones = FakeMicrophones.plugIn(DESK)
    const { user } = await aLine()
    await user.click(await check())
    expect(await screen.findByText('You can be heard.')).toBeInTheDocument()
    expect(microphones.open).toBe(1)
    await user.click(await check())
    await waitFor(() => expect(microphones.open).toBe(0))
  })

  it('a microphone that hears nothing is not praised', async () => {
    FakeMicrophones.plugIn(HEADSET)
    const { user } = await aLine()
    await user.click(await check())
    expect(await screen.findByText(/^Say something/)).toBeInTheDocument()
    expect(screen.queryByText('You can be heard.')).not.toBeInTheDocument()
  })

  it('the microphone is chosen that the call is then made with', async () => {
    const microphones = FakeMicrophones.plugIn(DESK, HEADSET)
    const { user, audio, callServer } = await aLine()
    await user.click(await check())
    await screen.findByRole('option', { name: 'Headset' })
    await user.selectOptions(picker(), 'Headset')
    await user.click(await screen.findByRole('button', { name: 'Talk' }))
    await callServer.begin()
    expect(audio.input).toEqual({ kind: 'microphone', id: 'headset' })
    expect(microphones.open).toBe(0)
  })

  it('a chosen microphone that is unplugged makes way for the browser’s choice', async () => {
    const microphones = FakeMicrophones.plugIn(DESK, HEADSET)
    const { user } = await aLine()
    await user.click(await check())
    await screen.findByRole('option', { name: 'Headset' })
    await user.selectOptions(picker(), 'Headset')
    microphones.unplug('headset')
    await waitFor(() => expect(picker()).toHaveDisplayValue('The browser’s choice'))
  })

  it('the chosen microphone is remembered, also before the browser tells which there are', async () => {
    FakeMicrophones.plugIn(DESK, HEADSET)
    const first = await aLine()
    await first.user.click(await check())
    await screen.findByRole('option', { name: 'Headset' })
    await first.user.selectOptions(picker(), 'Headset')
    first.unmount()
    FakeMicrophones.plugIn(DESK, HEADSET)

    const { user, audio, callServer } = await aLine()
    expect(await screen.findByRole('combobox', { name: 'Microphone' })).toHaveDisplayValue(
      'The one of last time',
    )
    await user.click(await screen.findByRole('button', { name: 'Talk' }))
    await callServer.begin()
    expect(audio.input).toEqual({ kind: 'microphone', id: 'headset' })
  })

  it('the browser’s choice stands in for a remembered microphone that is gone', async () => {
    writePreference('microphone', 'headset')
    FakeMicrophones.plugIn(DESK)
    const { user } = await aLine()
    await user.click(await check())
    expect(await screen.findByText('You can be heard.')).toBeInTheDocument()
    expect(screen.getByText(/^The one you chose is not connected/)).toBeInTheDocument()
    expect(picker()).toHaveDisplayValue('The browser’s choice')
  })

  it('a refused check says what to do', async () => {
    FakeMicrophones.plugIn(DESK).refusal = new DOMException('', 'NotReadableError')
    const { user } = await aLine()
    await user.click(await check())
    expect(await screen.findByRole('alert')).toHaveTextContent('The microphone cannot be opened')
  })
})

describe('during a call', () => {
  it('who is muted is told so in words', async () => {
    const { user, callServer } = await aLine()
    await user.click(await screen.findByRole('button', { name: 'Talk' }))
    await callServer.begin()
    const mute = screen.getByRole('button', { name: 'Mute microphone' })
    await waitFor(() => expect(mute).toBeEnabled())
    await user.click(mute)
    expect(screen.getByText(/the agent hears silence/)).toBeInTheDocument()
  })
})
