import { Plus } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { EmptyState } from '@/components/common/EmptyState'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useConfirmed } from '@/hooks/useConfirmed'
import { useToast } from '@/hooks/useToast'
import { fetchAgents, fetchOptions, selectAgents, selectOptions } from '@/store/slices/configSlice'
import { fetchAccounts, removeAccount, selectAccounts } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { ProviderAccount } from '@/types/settings'
import { AccountDialog } from './AccountDialog'
import { AccountRow } from './AccountRow'
import { usersOf } from './usersOf'

/** The accounts at providers of speech and language, whose engines agents can use. */
export function AccountSettings() {
  const { t, i18n } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const accounts = useAppSelector(selectAccounts)
  const agents = useAppSelector(selectAgents)
  const [firstKind, ...otherKinds] = useAppSelector(selectOptions)?.providers ?? []
  const kinds = firstKind && ([firstKind, ...otherKinds] as const)
  const [open, setOpen] = useState<{ stored?: ProviderAccount } | null>(null)
  const load = useCallback(() => {
    void dispatch(fetchAccounts())
    void dispatch(fetchOptions())
    void dispatch(fetchAgents())
  }, [dispatch])

  const removing = useConfirmed(async ({ id }: ProviderAccount) => {
    const result = await dispatch(removeAccount(id))
    if (!removeAccount.fulfilled.match(result)) {
      toast.problem(problemOf(result))
      return
    }
    toast.success(t('settings.accounts.deleted', { name: id }))
    void dispatch(fetchOptions())
  })

  const add = (
    <Button tone="primary" disabled={!kinds} onClick={() => setOpen({})}>
      <Plus className="size-4" aria-hidden />
      {t('settings.accounts.new')}
    </Button>
  )
  const users = removing.subject ? usersOf(removing.subject.id, agents) : []
  const isEmpty = accounts.value.length === 0
  return (
    <Card title={t('settings.accounts.title')} aside={accounts.status === 'loaded' && !isEmpty && add}>
      <p className="mb-4 max-w-prose text-sm text-muted">{t('settings.accounts.text')}</p>
      <LoadedSection part={accounts} load={load}>
        {isEmpty ? (
          <EmptyState text={t('settings.accounts.empty')} action={add} />
        ) : (
          <ul className="divide-y divide-line border-t border-line">
            {accounts.value.map((account) => (
              <AccountRow
                key={account.id}
                account={account}
                kind={kinds?.find(({ id }) => id === account.kind)}
                onEdit={() => setOpen({ stored: account })}
                onDelete={() => removing.ask(account)}
              />
            ))}
          </ul>
        )}
      </LoadedSection>
      {open && kinds && (
        <AccountDialog
          kinds={kinds}
          stored={open.stored}
          accounts={accounts.value}
          onClose={() => setOpen(null)}
        />
      )}
      <ConfirmDialog
        open={removing.subject !== null}
        title={t('settings.accounts.deleteTitle', { name: removing.subject?.id ?? '' })}
        text={
          users.length === 0
            ? t('settings.accounts.deleteText')
            : t('settings.accounts.deleteUsedText', {
                agents: new Intl.ListFormat(i18n.language).format(users),
              })
        }
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        busy={removing.isBusy}
        onConfirm={() => void removing.confirm()}
        onCancel={removing.cancel}
      />
    </Card>
  )
}
