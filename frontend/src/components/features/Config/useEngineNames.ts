import { useTranslation } from 'react-i18next'
import type { ConfigOptions, EngineKind } from '@/types'
import { AUTOMATIC, engineName } from './engines'

/** The engines of a port by names for people. */
export function useEngineNames(options: ConfigOptions | null, kind: EngineKind) {
  const { t } = useTranslation()
  const of = (id: string) => (id === AUTOMATIC ? t('agentForm.automatic') : engineName(options, kind, id))
  return { of, all: (ids: readonly string[]) => ids.map((id) => ({ id, name: of(id) })) }
}
