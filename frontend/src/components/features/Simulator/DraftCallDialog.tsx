import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { Dialog } from '@/components/common/Dialog'
import type { TriedDraft } from '@/store/slices/configSlice'
import type { ConfigOptions } from '@/types'
import { CallBoard } from './CallBoard'
import { isInCall } from './hooks/simulatorState'
import { useSimulator } from './hooks/useSimulator'
import type { openCallAudio } from './utils/audioContext'

interface DraftCallDialogProps {
  tried: TriedDraft
  options: ConfigOptions | null
  onClose: () => void
  openAudio?: typeof openCallAudio
}

/** A call to an agent as it stands in its form. A call that runs is not ended by a press beside the dialog. */
export function DraftCallDialog({ tried, options, onClose, openAudio }: DraftCallDialogProps) {
  const { t } = useTranslation()
  const simulator = useSimulator(openAudio)
  const [asks, setAsks] = useState(false)
  const { draft, agentId } = tried
  const inCall = isInCall(simulator.state)

  return (
    <>
      <Dialog
        open
        title={t('talk.draftTitle', { name: draft.name })}
        text={t('talk.draftText')}
        onClose={() => (inCall ? setAsks(true) : onClose())}
      >
        <CallBoard
          simulator={simulator}
          agent={draft}
          target={{ draft, ...(agentId !== null && { agent_id: agentId }) }}
          options={options}
        />
      </Dialog>
      <ConfirmDialog
        open={asks && inCall}
        title={t('talk.closeTitle')}
        text={t('talk.closeText')}
        confirmLabel={t('talk.close')}
        cancelLabel={t('talk.stay')}
        onConfirm={onClose}
        onCancel={() => setAsks(false)}
      />
    </>
  )
}
