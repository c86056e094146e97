import { useCallback } from 'react'
import { useAppSelector } from '@/hooks/useAppSelector'
import { selectOptions } from '@/store/slices/configSlice'

const KINDS = ['vad', 'stt', 'llm', 'tts'] as const

/** The name of an engine for people; its id if the server has it no longer. */
export function useEngineName(): (port: string, id: string) => string {
  const options = useAppSelector(selectOptions)
  return useCallback(
    (port, id) => {
      const kind = KINDS.find((known) => known === port)
      const known = kind && options?.engines[kind].find((engine) => engine.id === id)
      return known?.name ?? id
    },
    [options],
  )
}
