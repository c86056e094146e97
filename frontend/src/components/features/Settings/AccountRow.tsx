import { Pencil, PlugZap, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { Button } from '@/components/common/Button'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { testAccount } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { ProviderAccount, ProviderKind, ProviderTrial } from '@/types/settings'
import { TrialResult } from './TrialResult'

const PORTS = ['stt', 'llm', 'tts'] as const

interface AccountRowProps {
  account: ProviderAccount
  /** Undefined if this server does not know the account's kind any more. */
  kind: ProviderKind | undefined
  onEdit: () => void
  onDelete: () => void
}

/** One account, and whether it works. */
export function AccountRow({ account, kind, onEdit, onDelete }: AccountRowProps) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [trial, setTrial] = useState<{ of: number; result: ProviderTrial } | null>(null)
  const [isTrying, setTrying] = useState(false)
  const { id: name, settings, version } = account

  const test = async () => {
    setTrying(true)
    const result = await dispatch(testAccount(name))
    setTrying(false)
    if (testAccount.fulfilled.match(result)) setTrial({ of: version, result: result.payload })
    else toast.problem(problemOf(result))
  }

  return (
    <li className="space-y-3 py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
            {name}
            {PORTS.filter((port) => kind?.ports.includes(port)).map((port) => (
              <Badge key={port}>{t(`settings.ports.${port}`)}</Badge>
            ))}
            {!account.has_key && kind?.needs_key === true && (
              <Badge tone="warning">{t('settings.accounts.noKey')}</Badge>
            )}
          </p>
          <p className="mt-0.5 text-sm break-words text-muted">
            {[kind?.name ?? account.kind, ...Object.values(settings).filter((value) => value !== '')].join(
              ' · ',
            )}
          </p>
        </div>
        <div className="flex items-center gap-1">
          <Button
            busy={isTrying}
            aria-label={t('settings.accounts.testNamed', { name })}
            onClick={() => void test()}
          >
            {!isTrying && <PlugZap className="size-4" aria-hidden />}
            {t('settings.accounts.test')}
          </Button>
          <Button
            tone="quiet"
            size="icon"
            disabled={!kind}
            aria-label={t('settings.accounts.edit', { name })}
            title={t('settings.accounts.edit', { name })}
            onClick={onEdit}
          >
            <Pencil className="size-4" aria-hidden />
          </Button>
          <Button
            tone="quiet"
            size="icon"
            aria-label={t('settings.accounts.delete', { name })}
            title={t('settings.accounts.delete', { name })}
            onClick={onDelete}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </div>
      </div>
      {/* What was found out of an earlier version says nothing about this one. */}
      {trial?.of === version && <TrialResult trial={trial.result} />}
    </li>
  )
}
