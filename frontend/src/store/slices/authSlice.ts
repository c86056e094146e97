/** Who uses the console: nobody yet, the owner of a verified key, or someone who must show one. */
import { createSlice, isRejectedWithValue, type PayloadAction } from '@reduxjs/toolkit'
import { serviceThunk } from '@/store/thunks'
import type { Problem, Session } from '@/types'

export type AuthStatus = 'checking' | 'authenticated' | 'anonymous'

export interface AuthState {
  status: AuthStatus
  session: Session | null
  problem: Problem | null
  /** A session was under way when its key ceased to be good: there is something to come back to. */
  isExpired: boolean
}

/** Verify `key`, and keep it if the server knows it. */
export const logIn = serviceThunk('auth/logIn', async ({ credentials, config }, key: string) => {
  const previous = credentials.read()
  credentials.write(key)
  try {
    return await config.session()
  } catch (error) {
    if (previous === null) credentials.clear()
    else credentials.write(previous)
    throw error
  }
})

/** Verify the key of the last visit; null if there was none. */
export const resumeSession = serviceThunk('auth/resumeSession', async ({ credentials, config }) =>
  credentials.read() === null ? null : await config.session(),
)

export const logOut = serviceThunk('auth/logOut', ({ credentials }) => {
  credentials.clear()
  return Promise.resolve()
})

const initialState: AuthState = {
  status: 'checking',
  session: null,
  problem: null,
  isExpired: false,
}

const authSlice = createSlice({
  name: 'auth',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(logIn.pending, (state) => {
        state.problem = null
      })
      .addCase(logIn.fulfilled, authenticated)
      .addCase(resumeSession.fulfilled, authenticated)
      .addCase(logOut.fulfilled, (state) => {
        state.status = 'anonymous'
        state.session = null
        state.problem = null
        state.isExpired = false
      })
      .addMatcher(isRejectedWithValue(logIn, resumeSession), (state, { payload }) => {
        state.status = 'anonymous'
        state.session = null
        state.problem = payload
      })
      .addMatcher(isRejectedWithValue(), (state, { payload }) => {
        const problem = payload as Problem
        if (problem.status === 401) {
          state.isExpired ||= state.status === 'authenticated'
          state.status = 'anonymous'
          state.session = null
          state.problem = problem
        }
      }),
})

function authenticated(state: AuthState, { payload }: PayloadAction<Session | null>) {
  state.session = payload
  state.status = payload === null ? 'anonymous' : 'authenticated'
  state.problem = null
  state.isExpired = false
}

export const authReducer = authSlice.reducer

interface WithAuth {
  auth: AuthState
}

export const selectAuthStatus = (state: WithAuth) => state.auth.status
export const selectSession = (state: WithAuth) => state.auth.session
export const selectIsExpired = (state: WithAuth) => state.auth.isExpired
export const selectLoginProblem = (state: WithAuth) => state.auth.problem
