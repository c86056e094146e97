import { screen } from '@testing-library/react'
import { http } from 'msw'
import { expect, it } from 'vitest'
import type { UiLanguage } from '@/i18n/i18n'
import { agentRoutes, anAgent, answer, API, problem } from '@/testing/api'
import { renderApp } from '@/testing/render'
import { server } from '@/testing/server'

async function saveTooOften(language: UiLanguage, retryAfter: string | null) {
  const headers = retryAfter === null ? {} : { 'Retry-After': retryAfter }
  server.use(
    ...agentRoutes([anAgent()]),
    answer('/api/config/agents/agent-1/versions', { items: [] }),
    http.put(`${API}/api/config/agents/agent-1`, () =>
      problem(429, 'too-many-requests', 'no', undefined, headers),
    ),
  )
  const { user } = renderApp({ path: '/agents/agent-1', language })
  const name = { en: 'Name', es: 'Nombre' }[language]
  await user.type(await screen.findByRole('textbox', { name }), '!')
  await user.click(screen.getByRole('button', { name: { en: 'Save', es: 'Guardar' }[language] }))
}

it.each([
  ['en', '1', 'Too many requests. Wait a moment. You can try again in 1 second.'],
  ['en', '61', 'Too many requests. Wait a moment. You can try again in 2 minutes.'],
  ['es', '12', 'Demasiadas peticiones. Espera un momento. Puedes volver a intentarlo dentro de 12 segundos.'],
] as const)('one request too many (%s, %s s) is told with how long to wait', async (language, wait, text) => {
  await saveTooOften(language, wait)
  expect(await screen.findByText(text)).toBeVisible()
})

it('a limit that lasts for hours says until when', async () => {
  await saveTooOften('en', String(30 * 3_600))
  expect(await screen.findByText(/You can try again from .*\d:\d\d.* on\.$/)).toBeVisible()
})

it.each([null, 'Sun, 06 Nov 1994 08:49:37 GMT'])(
  'a wait that is not given (%s) is not guessed',
  async (wait) => {
    await saveTooOften('en', wait)
    expect(await screen.findByText('Too many requests. Wait a moment.')).toBeVisible()
  },
)
