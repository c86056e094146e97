import { Plus } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Dialog } from '@/components/common/Dialog'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useConfirmed } from '@/hooks/useConfirmed'
import { useToast } from '@/hooks/useToast'
import { logOut } from '@/store/slices/authSlice'
import { fetchKeys, revokeKey, selectKeys } from '@/store/slices/settingsSlice'
import { problemOf } from '@/store/thunks'
import type { ApiKey, NewApiKey } from '@/types/settings'
import { KeyForm } from './KeyForm'
import { KeyRow } from './KeyRow'
import { NewKey } from './NewKey'

/** The keys that open this server: who holds one, since when, and an end to it. */
export function KeySettings() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const keys = useAppSelector(selectKeys)
  const [isCreating, setCreating] = useState(false)
  const [created, setCreated] = useState<NewApiKey | null>(null)
  const load = useCallback(() => void dispatch(fetchKeys()), [dispatch])

  const revoking = useConfirmed(async (key: ApiKey) => {
    const result = await dispatch(revokeKey(key.id))
    if (!revokeKey.fulfilled.match(result)) toast.problem(problemOf(result))
    else if (key.current) await dispatch(logOut())
    else {
      toast.success(t('settings.keys.revoked', { name: key.name }))
      load()
    }
  })

  return (
    <Card
      title={t('settings.keys.title')}
      aside={
        <Button onClick={() => setCreating(true)}>
          <Plus className="size-4" aria-hidden />
          {t('settings.keys.new')}
        </Button>
      }
    >
      <p className="mb-4 max-w-prose text-sm text-muted">{t('settings.keys.text')}</p>
      <LoadedSection part={keys} load={load}>
        <ul className="divide-y divide-line border-t border-line">
          {keys.value.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => revoking.ask(key)} />
          ))}
        </ul>
      </LoadedSection>
      <Dialog
        open={isCreating}
        title={t('settings.keys.new')}
        text={t('settings.keys.newText')}
        onClose={() => setCreating(false)}
      >
        <KeyForm
          onCreated={(key) => {
            setCreating(false)
            setCreated(key)
          }}
        />
      </Dialog>
      <Dialog
        open={created !== null}
        title={t('settings.keys.createdTitle')}
        onClose={() => setCreated(null)}
      >
        {created && <NewKey created={created} onDone={() => setCreated(null)} />}
      </Dialog>
      <ConfirmDialog
        open={revoking.subject !== null}
        title={t('settings.keys.revokeTitle', { name: revoking.subject?.name ?? '' })}
        text={t(
          revoking.subject?.current === true ? 'settings.keys.revokeOwnText' : 'settings.keys.revokeText',
        )}
        confirmLabel={t('settings.keys.revoke')}
        cancelLabel={t('common.cancel')}
        busy={revoking.isBusy}
        onConfirm={() => void revoking.confirm()}
        onCancel={revoking.cancel}
      />
    </Card>
  )
}
