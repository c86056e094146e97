import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useToast } from '@/hooks/useToast'
import { deleteCall } from '@/store/slices/callsSlice'
import { problemOf } from '@/store/thunks'

/** Deletes a call for good, after asking. */
export function DeleteCall({ id, onDeleted }: { id: string; onDeleted: () => void }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [isAsking, setAsking] = useState(false)
  const [isDeleting, setDeleting] = useState(false)

  const remove = async () => {
    setDeleting(true)
    const result = await dispatch(deleteCall(id))
    setDeleting(false)
    setAsking(false)
    if (deleteCall.fulfilled.match(result)) {
      toast.success(t('call.deleted'))
      onDeleted()
    } else {
      toast.problem(problemOf(result))
    }
  }

  return (
    <>
      <Button tone="quiet" onClick={() => setAsking(true)}>
        <Trash2 className="size-4" aria-hidden />
        {t('call.delete')}
      </Button>
      <ConfirmDialog
        open={isAsking}
        title={t('call.deleteTitle')}
        text={t('call.deleteText')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        busy={isDeleting}
        onConfirm={() => void remove()}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
