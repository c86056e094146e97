/** What an owner settles once for all agents: API keys, accounts at providers, how long calls are kept. */
import { createSlice, isFulfilled } from '@reduxjs/toolkit'
import { begin, fail, loaded, notLoaded, type Loaded } from '@/store/loaded'
import { serviceThunk } from '@/store/thunks'
import type { ApiKey, ApiKeyDraft, ProviderAccount, ProviderDraft, Retention } from '@/types/settings'

export interface SettingsState {
  keys: Loaded<ApiKey[]>
  accounts: Loaded<ProviderAccount[]>
  retention: Loaded<Retention>
}

export const fetchKeys = serviceThunk('settings/fetchKeys', ({ settings }) => settings.keys())
/** The new key itself goes to whoever dispatched this; the state does not keep it. */
export const createKey = serviceThunk('settings/createKey', ({ settings }, draft: ApiKeyDraft) =>
  settings.createKey(draft),
)
export const revokeKey = serviceThunk('settings/revokeKey', ({ settings }, id: string) =>
  settings.revokeKey(id),
)

export const fetchAccounts = serviceThunk('settings/fetchAccounts', ({ settings }) => settings.accounts())
export const createAccount = serviceThunk('settings/createAccount', ({ settings }, draft: ProviderDraft) =>
  settings.createAccount(draft),
)
export const updateAccount = serviceThunk(
  'settings/updateAccount',
  ({ settings }, { draft, version }: { draft: ProviderDraft; version: number }) =>
    settings.updateAccount(draft, version),
)
export const removeAccount = serviceThunk('settings/removeAccount', ({ settings }, id: string) =>
  settings.removeAccount(id),
)
export const testAccount = serviceThunk('settings/testAccount', ({ settings }, id: string) =>
  settings.testAccount(id),
)
/** Whether an account would work. */
export const testDraft = serviceThunk('settings/testDraft', ({ settings }, draft: ProviderDraft) =>
  settings.testDraft(draft),
)

export const fetchRetention = serviceThunk('settings/fetchRetention', ({ settings }) => settings.retention())
export const saveRetention = serviceThunk('settings/saveRetention', ({ settings }, retention: Retention) =>
  settings.saveRetention(retention),
)

const initialState: SettingsState = {
  keys: notLoaded<ApiKey[]>([]),
  accounts: notLoaded<ProviderAccount[]>([]),
  retention: notLoaded<Retention>({ days: null, recordings_days: null }),
}

const settingsSlice = createSlice({
  name: 'settings',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchKeys.pending, ({ keys }) => begin(keys))
      .addCase(fetchKeys.rejected, ({ keys }, { payload }) => fail(keys, payload))
      .addCase(fetchKeys.fulfilled, (state, { payload }) => {
        state.keys = loaded(payload)
      })
      .addCase(createKey.fulfilled, ({ keys }, { payload }) => {
        const stored: ApiKey & { key?: string } = { ...payload }
        delete stored.key
        keys.value.push(stored)
      })
      .addCase(fetchAccounts.pending, ({ accounts }) => begin(accounts))
      .addCase(fetchAccounts.rejected, ({ accounts }, { payload }) => fail(accounts, payload))
      .addCase(fetchAccounts.fulfilled, (state, { payload }) => {
        state.accounts = loaded(payload)
      })
      .addCase(createAccount.fulfilled, ({ accounts }, { payload }) => {
        accounts.value.push(payload)
      })
      .addCase(updateAccount.fulfilled, ({ accounts }, { payload }) => {
        accounts.value = accounts.value.map((account) => (account.id === payload.id ? payload : account))
      })
      .addCase(removeAccount.fulfilled, ({ accounts }, { meta }) => {
        accounts.value = accounts.value.filter(({ id }) => id !== meta.arg)
      })
      .addCase(fetchRetention.pending, ({ retention }) => begin(retention))
      .addCase(fetchRetention.rejected, ({ retention }, { payload }) => fail(retention, payload))
      .addMatcher(isFulfilled(fetchRetention, saveRetention), (state, { payload }) => {
        state.retention = loaded(payload)
      }),
})

export const settingsReducer = settingsSlice.reducer

interface WithSettings {
  settings: SettingsState
}

export const selectKeys = (state: WithSettings) => state.settings.keys
export const selectAccounts = (state: WithSettings) => state.settings.accounts
export const selectRetention = (state: WithSettings) => state.settings.retention
