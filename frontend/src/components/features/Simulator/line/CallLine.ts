/**
 * The console's one line. At most one call runs on it, and it goes on whatever page is shown; it lives outside
 * React, which reads its state as that of an external store. Who begins a call brings the client, so that the line
 * itself weighs next to nothing.
 */
import type { CallClient, CallEvent } from '../client/CallClient'
import type { Peaks } from '../utils/audioContext'
import type { CallerInput } from '../utils/microphone'
import { IDLE, simulatorReducer, type SimulatorAction, type SimulatorState } from './simulatorState'
import type { Callee } from './callee'

export type Connect = (emit: (event: CallEvent) => void) => CallClient

export class CallLine {
  #state: SimulatorState = IDLE
  #client: CallClient | null = null
  readonly #listeners = new Set<() => void>()

  /** The state as it is now: another object whenever something has changed. */
  readonly state = (): SimulatorState => this.#state

  /** Be told of every change; returns what ends that. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** Place a call. While another one runs nothing happens. */
  begin(callee: Callee, input: CallerInput, connect: Connect): void {
    if (this.#client !== null) return
    this.#apply({ type: 'started', callee, input })
    const client = connect((event) => {
      if (event.type === 'ended' || event.type === 'failed') this.#client = null
      this.#apply({ type: 'happened', event, now: performance.now() })
    })
    this.#client = client
    void client.start()
  }

  readonly hangUp = (): void => this.#client?.hangUp()

  readonly setMuted = (muted: boolean): void => {
    this.#client?.setMuted(muted)
    this.#apply({ type: 'muted', muted })
  }

  /** Write instead of speaking; false if it cannot be sent now. */
  readonly write = (text: string): boolean => this.#client?.write(text) ?? false

  /** Loudness of both sides, or null when there is no call. */
  readonly peaks = (): Peaks | null => this.#client?.peaks() ?? null

  #apply(action: SimulatorAction): void {
    this.#state = simulatorReducer(this.#state, action)
    for (const changed of this.#listeners) changed()
  }
}
