/**
 * Variables: `{{customer}}` in an agent's text is filled in when a call begins (the server's
 * value_objects/variables.py). What is no variable's name is a blank for the agent's owner to fill in.
 */

const PLACE = /\{\{([^{}\n]{1,60})\}\}/g
const NAME = /^[a-z][a-z0-9_]{0,39}$/

export const LONGEST_VALUE = 1_000

/** What every call fills in by itself. */
const OF_EVERY_CALL = ['caller_number', 'called_number', 'date', 'time', 'weekday', 'call_direction']

/** Whether every call fills `name` in by itself. */
export function isOfEveryCall(name: string): boolean {
  return OF_EVERY_CALL.includes(name)
}

/** The variables that these texts leave to whoever orders a call, each once, in order. */
export function variablesIn(...texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => Array.from(text.matchAll(PLACE), ([, name = '']) => name.trim()))
  return [...new Set(names)].filter((name) => NAME.test(name) && !isOfEveryCall(name))
}
