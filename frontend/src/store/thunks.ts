import { createAsyncThunk } from '@reduxjs/toolkit'
import { toProblem } from '@/services/problem'
import type { Services } from '@/services/services'
import type { Problem } from '@/types'

/** Create a thunk that gets the services as its extra argument and is rejected with a `Problem`. */
const createServiceThunk = createAsyncThunk.withTypes<{ extra: Services; rejectValue: Problem }>()

/** Create a thunk that does `work`; whatever it throws becomes the `Problem` it is rejected with. */
export function serviceThunk<Returned, Argument = void>(
  type: string,
  work: (services: Services, argument: Argument) => Promise<Returned>,
) {
  return createServiceThunk<Returned, Argument>(type, async (argument, { extra, rejectWithValue }) => {
    try {
      return await work(extra, argument)
    } catch (error) {
      return rejectWithValue(toProblem(error))
    }
  })
}

/** The `Problem` of a rejected thunk, for callers that await it. */
export function problemOf(action: { payload?: unknown; error?: { message?: string } }): Problem {
  return (action.payload as Problem | undefined) ?? toProblem(new Error(action.error?.message ?? ''))
}
