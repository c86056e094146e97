import { isAxiosError } from 'axios'
import * as z from '@/zod'
import type { Problem } from '@/types'

const problemSchema = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string().nullish(),
  title: z.string().nullish(),
  request_id: z.string().nullish(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).nullish(),
})

/** Return what went wrong with a request as plain data, whatever was thrown. */
export function toProblem(error: unknown): Problem {
  if (!isAxiosError(error)) {
    return {
      status: 0,
      code: 'unexpected',
      detail: error instanceof Error ? error.message : String(error),
      request_id: null,
      errors: [],
    }
  }
  if (!error.response) {
    return { status: 0, code: 'unreachable', detail: error.message, request_id: null, errors: [] }
  }
  const header: unknown = error.response.headers['x-request-id']
  const requestId = typeof header === 'string' ? header : null
  const parsed = problemSchema.safeParse(error.response.data)
  if (!parsed.success) {
    const { status, statusText } = error.response
    return { status, code: `http-${status}`, detail: statusText, request_id: requestId, errors: [] }
  }
  const { status, code, detail, title, request_id, errors } = parsed.data
  return {
    status,
    code,
    detail: detail ?? title ?? '',
    request_id: request_id ?? requestId,
    errors: errors ?? [],
  }
}
