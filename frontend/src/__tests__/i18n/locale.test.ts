import { expect, it } from 'vitest'
import { localeOf } from '@/i18n/locale'

it('dates and figures are written as where the person lives, in the language of the console', () => {
  expect(localeOf('en', ['fr-FR', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(localeOf('es', ['en-GB', 'es-MX'])).toBe('es-MX')
  expect(localeOf('es', ['en-GB'])).toBe('es')
})
