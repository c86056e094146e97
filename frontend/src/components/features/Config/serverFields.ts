import { get, type FieldPath } from 'react-hook-form'
import type { AgentValues } from './agentSchema'

/**
 * The form's field that the server means, such as `engines.stt.1` for the second recogniser; null if the form
 * has no such field. What is said of a list or a group as a whole is put at the whole.
 */
export function formField(field: string, values: AgentValues): FieldPath<AgentValues> | null {
  const path = field.replace(/^body\./, '').replace(/\[(\d+)\]/g, '.$1')
  const found: unknown = get(values, path)
  if (path === '' || found === undefined) return null
  const exact = /^engines\.stt\.\d+$/.test(path) ? `${path}.engine` : path
  return exact as FieldPath<AgentValues>
}
