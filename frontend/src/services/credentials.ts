/** Where the console keeps the owner's API key between visits. */
export interface Credentials {
  read(): string | null
  write(key: string): void
  clear(): void
}

const STORAGE_KEY = 'victoria.api-key'

/** The key in the browser's local storage; in memory only where that is forbidden (private windows). */
export function browserCredentials(storage: () => Storage = () => window.localStorage): Credentials {
  let inMemory: string | null = null
  return {
    read() {
      try {
        return storage().getItem(STORAGE_KEY) ?? inMemory
      } catch {
        return inMemory
      }
    },
    write(key) {
      inMemory = key
      try {
        storage().setItem(STORAGE_KEY, key)
      } catch {
        // Storage is forbidden or full: the key lasts as long as this page.
      }
    },
    clear() {
      inMemory = null
      try {
        storage().removeItem(STORAGE_KEY)
      } catch {
        // As above; nothing was stored then.
      }
    },
  }
}

/**
 * Take the key from an address of the form `http://host/#token=<api key>` and erase it from the address bar
 * and the browser's history. Return null if there is none.
 */
export function takeTokenFromAddress(location: Location, history: History): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null || token === '') return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
