import { Plus } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button, buttonClasses } from '@/components/common/Button'
import { Card } from '@/components/common/Card'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Dialog } from '@/components/common/Dialog'
import { EmptyState } from '@/components/common/EmptyState'
import { LoadedSection } from '@/components/common/LoadedSection'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useConfirmed } from '@/hooks/useConfirmed'
import { useToast } from '@/hooks/useToast'
import { fetchAgents, fetchOptions, selectAgents, selectAgentsStatus } from '@/store/slices/configSlice'
import { fetchLines, removeLine, selectCarriers, selectLines } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import type { PhoneLine } from '@/types/telephony'
import { LineForm } from './LineForm'
import { LineTable } from './LineTable'

/** Our telephone numbers, each with the agent that answers it. */
export function NumberSettings() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const lines = useAppSelector(selectLines)
  const [open, setOpen] = useState<{ stored?: PhoneLine } | null>(null)
  const load = useCallback(() => {
    void dispatch(fetchLines())
    void dispatch(fetchAgents())
    void dispatch(fetchOptions())
  }, [dispatch])
  const removing = useConfirmed(async ({ id, number }: PhoneLine) => {
    const result = await dispatch(removeLine(id))
    if (removeLine.fulfilled.match(result)) toast.success(t('phone.lines.deleted', { number }))
    else toast.problem(problemOf(result))
  })
  const isEmpty = lines.value.length === 0
  const number = removing.subject?.number ?? ''

  return (
    <Card
      title={t('phone.lines.title')}
      aside={lines.status === 'loaded' && !isEmpty && <AddButton onPress={() => setOpen({})} />}
    >
      <p className="mb-4 max-w-prose text-sm text-muted">{t('phone.lines.text')}</p>
      <LoadedSection part={lines} load={load}>
        {isEmpty ? (
          <NoLines onAdd={() => setOpen({})} />
        ) : (
          <LineTable
            lines={lines.value}
            onEdit={(stored) => setOpen({ stored })}
            onDelete={(line) => removing.ask(line)}
          />
        )}
      </LoadedSection>
      {open && (
        <Dialog
          open
          title={
            open.stored ? t('phone.lines.editTitle', { number: open.stored.number }) : t('phone.lines.new')
          }
          text={t('phone.lines.formText')}
          onClose={() => setOpen(null)}
        >
          <LineForm stored={open.stored} onSaved={() => setOpen(null)} />
        </Dialog>
      )}
      <ConfirmDialog
        open={removing.subject !== null}
        title={t('phone.lines.deleteTitle', { number })}
        text={t('phone.lines.deleteText')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        busy={removing.isBusy}
        onConfirm={() => void removing.confirm()}
        onCancel={removing.cancel}
      />
    </Card>
  )
}

function AddButton({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation()
  const isReady = useAppSelector(selectCarriers).status === 'loaded'
  return (
    <Button tone="primary" disabled={!isReady} onClick={onPress}>
      <Plus className="size-4" aria-hidden />
      {t('phone.lines.new')}
    </Button>
  )
}

/** What comes first: a carrier, an agent, then the number itself. */
function NoLines({ onAdd }: { onAdd: () => void }) {
  const { t } = useTranslation()
  const carriers = useAppSelector(selectCarriers)
  const hasAgents = useAppSelector(selectAgents).length > 0
  const agentsStatus = useAppSelector(selectAgentsStatus)
  if (carriers.status === 'loaded' && !carriers.value.some(({ configured }) => configured)) {
    return <EmptyState text={t('phone.lines.emptyNoCarrier')} />
  }
  if (agentsStatus === 'loaded' && !hasAgents) {
    return (
      <EmptyState
        text={t('phone.lines.emptyNoAgent')}
        action={
          <Link to="/agents/new" className={buttonClasses('primary')}>
            {t('agents.new')}
          </Link>
        }
      />
    )
  }
  return <EmptyState text={t('phone.lines.empty')} action={<AddButton onPress={onAdd} />} />
}
