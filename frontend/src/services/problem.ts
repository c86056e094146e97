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
      errors: [],
    }
  }
  if (!error.response) {
    return { status: 0, code: 'unreachable', detail: error.message, request_id: null, errors: [] }
  }
  const header: unknown = error.response.headers['x-request-id']
  const requestId = typeof header === 'string' ? header : null
  const { status, statusText } = error.response
  const body: unknown = error.response.data
  if (!isRecord(body) || typeof body.code !== 'string') {
    return { status, code: `http-${status}`, detail: statusText, request_id: requestId, errors: [] }
  }
  return {
    status,
    code: body.code,
    detail: textOf(body.detail) ?? textOf(body.title) ?? '',
    request_id: textOf(body.request_id) ?? requestId,
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

function fieldError(value: unknown): Problem['errors'] {
  if (!isRecord(value) || typeof value.field !== 'string' || typeof value.message !== 'string') return []
  return [{ field: value.field, message: value.message }]
}
