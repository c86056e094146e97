import { setupServer } from 'msw/node'

/** The network's edge in tests. It knows no routes: every test says what its server answers. */
export const server = setupServer()
