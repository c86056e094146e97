import type { Agent } from '@/types'

/** Return the names of the agents that name an account's engines, for whatever purpose. */
export function usersOf(account: string, agents: readonly Agent[]): string[] {
  return agents
    .filter(({ engines, voice, stand_in_voices }) =>
      [
        ...engines.stt,
        ...engines.llm.map(({ engine }) => engine),
        ...[voice, ...stand_in_voices].map(({ engine }) => engine),
      ].includes(account),
    )
    .map(({ name }) => name)
}
