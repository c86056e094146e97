import { combineReducers, configureStore, type UnknownAction } from '@reduxjs/toolkit'
import { createServices, type Services } from '@/services/services'
import { authReducer, logOut } from '@/store/slices/authSlice'
import { callsReducer } from '@/store/slices/callsSlice'
import { configReducer } from '@/store/slices/configSlice'
import { dashboardReducer } from '@/store/slices/dashboardSlice'
import { liveReducer } from '@/store/slices/liveSlice'
import { settingsReducer } from '@/store/slices/settingsSlice'
import { simulatorReducer } from '@/store/slices/simulatorSlice'
import { telephonyReducer } from '@/store/slices/telephonySlice'
import { uiReducer } from '@/store/slices/uiSlice'

const slices = combineReducers({
  ui: uiReducer,
  auth: authReducer,
  config: configReducer,
  calls: callsReducer,
  dashboard: dashboardReducer,
  live: liveReducer,
  settings: settingsReducer,
  simulator: simulatorReducer,
  telephony: telephonyReducer,
})

/** Who logs out leaves behind how the console looks, and nothing else: the next one may be somebody else. */
function rootReducer(state: ReturnType<typeof slices> | undefined, action: UnknownAction) {
  return slices(state && logOut.fulfilled.match(action) ? { ...initial(), ui: state.ui } : state, action)
}

function initial() {
  return slices(undefined, { type: 'store/initial' })
}

/** Return a fresh store whose thunks use `services`. */
export function createAppStore(services: Services = createServices()) {
  return configureStore({
    reducer: rootReducer,
    // Keys pass through actions, though not into the state: other people's consoles are not for looking into.
    devTools: import.meta.env.DEV,
    middleware: (defaults) =>
      defaults({
        thunk: { extraArgument: services },
        // A timeline has thousands of entries; walking them after every action costs more than it finds.
        immutableCheck: { ignoredPaths: ['calls.records'] },
        serializableCheck: { ignoredPaths: ['calls.records'] },
      }),
  })
}

export type AppStore = ReturnType<typeof createAppStore>
export type RootState = ReturnType<AppStore['getState']>
export type AppDispatch = AppStore['dispatch']
