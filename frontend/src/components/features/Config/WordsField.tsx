import { useState } from 'react'
import { useController, type FieldPathByValue } from 'react-hook-form'
import { Input } from '@/components/common/Input'
import type { AgentValues } from './agentSchema'
import { LONGEST_WORD, MOST_WORDS } from './turnTakingSchema'
import { useFieldErrors } from './useFieldErrors'

interface WordsFieldProps {
  field: FieldPathByValue<AgentValues, string[]>
  label: string
  hint: string
}

/** A list of words or short phrases, with commas between them. */
export function WordsField({ field, label, hint }: WordsFieldProps) {
  const errorOf = useFieldErrors()
  const { name, ref, value, onBlur, onChange } = useController<AgentValues, typeof field>({
    name: field,
  }).field
  const [written, setWritten] = useState('')
  const isOurs = wordsIn(written).join() === value.join()
  const error = errorOf(field, { max: value.length > MOST_WORDS ? MOST_WORDS : LONGEST_WORD })
  return (
    <Input
      label={label}
      hint={hint}
      error={error}
      autoComplete="off"
      name={name}
      ref={ref}
      value={isOurs ? written : value.join(', ')}
      onBlur={onBlur}
      onChange={({ target }) => {
        setWritten(target.value)
        onChange(wordsIn(target.value))
      }}
    />
  )
}

/** The words of a text, as the server would keep them: lower case, none twice. */
export function wordsIn(text: string): string[] {
  const words = text.split(/[,;\n]/).map((word) => word.trim().toLowerCase())
  return [...new Set(words)].filter((word) => word !== '')
}
