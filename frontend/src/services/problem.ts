import { isAxiosError } from 'axios'
import type { Problem } from '@/types'

/** Return what went wrong with a request as plain data, whatever was thrown. */
export function toProblem(error: unknown): Problem {
  if (!isAxiosError(error)) {
    return {
      status: 0,
      code: 'unexpected',
      detail: error instanceof Error ? error.message : String(error),
      request_id: null,
      retry_after_s: null,
      errors: [],
    }
  }
  if (!error.response) {
    const { message } = error
    return {
      status: 0,
      code: 'unreachable',
      detail: message,
      request_id: null,
      retry_after_s: null,
      errors: [],
    }
  }
  const { status, statusText, headers } = error.response
  const requestId = textOf(headers['x-request-id'])
  const retry_after_s = secondsOf(headers['retry-after'])
  const body: unknown = error.response.data
  if (!isRecord(body) || typeof body.code !== 'string') {
    const code = `http-${status}`
    return { status, code, detail: statusText, request_id: requestId, retry_after_s, errors: [] }
  }
  return {
    status,
    code: body.code,
    detail: textOf(body.detail) ?? textOf(body.title) ?? '',
    request_id: textOf(body.request_id) ?? requestId,
    retry_after_s,
    errors: Array.isArray(body.errors) ? body.errors.flatMap(fieldError) : [],
  }
}

// By hand: this is the one thing parsed before the first page, and zod weighs more than the page.

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Seconds of a Retry-After header. Ours are never dates, and a proxy's date would need its clock. */
function secondsOf(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null
}

function fieldError(value: unknown): Problem['errors'] {
  if (!isRecord(value) || typeof value.field !== 'string' || typeof value.message !== 'string') return []
  return [{ field: value.field, message: value.message }]
}
