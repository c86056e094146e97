/** Purely visual state: theme, navigation drawer, toasts, and whether the network and the server are there. */
import { createSlice, nanoid, type PayloadAction } from '@reduxjs/toolkit'

export const THEMES = ['light', 'dark', 'system'] as const

export type Theme = (typeof THEMES)[number]
export type ToastTone = 'success' | 'error' | 'info'

export interface Toast {
  id: string
  tone: ToastTone
  text: string
  /** What to quote when asking for help; only of requests that reached the server. */
  requestId: string | null
}

export interface UiState {
  theme: Theme
  online: boolean
  /** As far as is known, the server answers. */
  reachable: boolean
  toasts: Toast[]
}

export function isTheme(value: string | null): value is Theme {
  return THEMES.some((theme) => theme === value)
}

/** The newest toasts; more would cover what they are about. */
const MAX_TOASTS = 3

const initialState: UiState = { theme: 'system', online: true, reachable: true, toasts: [] }

const uiSlice = createSlice({
  name: 'ui',
  initialState,
  reducers: {
    themeChosen: (state, { payload }: PayloadAction<Theme>) => {
      state.theme = payload
    },
    connectivityChanged: (state, { payload }: PayloadAction<boolean>) => {
      state.online = payload
    },
    reachabilityChanged: (state, { payload }: PayloadAction<boolean>) => {
      state.reachable = payload
    },
    toastRaised: {
      prepare: (toast: Omit<Toast, 'id'>) => ({ payload: { ...toast, id: nanoid() } }),
      reducer: (state, { payload }: PayloadAction<Toast>) => {
        state.toasts = [...state.toasts, payload].slice(-MAX_TOASTS)
      },
    },
    toastDismissed: (state, { payload }: PayloadAction<string>) => {
      state.toasts = state.toasts.filter((toast) => toast.id !== payload)
    },
  },
})

export const { themeChosen, connectivityChanged, reachabilityChanged, toastRaised, toastDismissed } =
  uiSlice.actions
export const uiReducer = uiSlice.reducer

interface WithUi {
  ui: UiState
}

export const selectTheme = (state: WithUi) => state.ui.theme
export const selectOnline = (state: WithUi) => state.ui.online
export const selectReachable = (state: WithUi) => state.ui.reachable
export const selectToasts = (state: WithUi) => state.ui.toasts
