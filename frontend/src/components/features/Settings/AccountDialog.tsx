import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/common/Dialog'
import { Select } from '@/components/common/Select'
import type { ProviderAccount, ProviderKind } from '@/types/settings'
import { AccountForm } from './AccountForm'

interface AccountDialogProps {
  kinds: readonly [ProviderKind, ...ProviderKind[]]
  /** The account to be changed; without it, a new one is made. */
  stored?: ProviderAccount | undefined
  accounts: readonly ProviderAccount[]
  onClose: () => void
}

/** Make or change an account: first its kind, then what this kind needs. */
export function AccountDialog({ kinds, stored, accounts, onClose }: AccountDialogProps) {
  const { t } = useTranslation()
  const [kindId, setKindId] = useState(stored?.kind ?? kinds[0].id)
  const kind = kinds.find(({ id }) => id === kindId) ?? kinds[0]
  return (
    <Dialog
      open
      title={stored ? t('settings.accounts.editTitle', { name: stored.id }) : t('settings.accounts.new')}
      text={t('settings.accounts.formText')}
      onClose={onClose}
    >
      <div className="space-y-5">
        {stored === undefined && (
          <Select
            label={t('settings.accounts.kind')}
            value={kind.id}
            onChange={(event) => setKindId(event.target.value)}
          >
            {kinds.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
        <AccountForm
          key={kind.id}
          kind={kind}
          stored={stored}
          taken={accounts.map(({ id }) => id)}
          onSaved={onClose}
        />
      </div>
    </Dialog>
  )
}
