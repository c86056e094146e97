import { CirclePause, CirclePlay, CircleStop, Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { ConfirmDialog } from '@/components/common/ConfirmDialog'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useConfirmed } from '@/hooks/useConfirmed'
import { useServices } from '@/hooks/useServices'
import { useToast } from '@/hooks/useToast'
import { toProblem } from '@/services/problem'
import { fetchCampaign, stepCampaign } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import type { Campaign, CampaignStep } from '@/types/telephony'
import { fileName, saveFile } from '@/utils/saveFile'

/** Pause, resume and stop a campaign, and take its results along. */
export function CampaignControls({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const toast = useToast()
  const [busy, setBusy] = useState<CampaignStep | null>(null)
  const { id, name, status } = campaign
  const isOver = status === 'stopped' || status === 'finished'

  const take = async (step: CampaignStep) => {
    setBusy(step)
    const result = await dispatch(stepCampaign({ id, step }))
    setBusy(null)
    if (stepCampaign.fulfilled.match(result)) return
    toast.problem(problemOf(result))
    void dispatch(fetchCampaign(id))
  }
  const stopping = useConfirmed(async (step: CampaignStep) => take(step))

  return (
    <div className="flex flex-wrap gap-2">
      <ResultsDownload campaign={campaign} />
      {status === 'running' && (
        <Button busy={busy === 'pause'} onClick={() => void take('pause')}>
          <CirclePause className="size-4" aria-hidden />
          {t('campaigns.pause')}
        </Button>
      )}
      {status === 'paused' && (
        <Button tone="primary" busy={busy === 'resume'} onClick={() => void take('resume')}>
          <CirclePlay className="size-4" aria-hidden />
          {t('campaigns.resume')}
        </Button>
      )}
      {!isOver && (
        <Button onClick={() => stopping.ask('stop')}>
          <CircleStop className="size-4" aria-hidden />
          {t('campaigns.stop')}
        </Button>
      )}
      <ConfirmDialog
        open={stopping.subject !== null}
        title={t('campaigns.stopTitle', { name })}
        text={t('campaigns.stopText')}
        confirmLabel={t('campaigns.stop')}
        cancelLabel={t('common.cancel')}
        busy={stopping.isBusy}
        onConfirm={() => void stopping.confirm()}
        onCancel={stopping.cancel}
      />
    </div>
  )
}

function ResultsDownload({ campaign: { id, name } }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const { telephony } = useServices()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      saveFile(new Blob([await telephony.campaignResults(id)], { type: 'text/csv' }), `${fileName(name)}.csv`)
    } catch (error) {
      toast.problem(toProblem(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button busy={isBusy} onClick={() => void save()}>
      <Download className="size-4" aria-hidden />
      {t('campaigns.results')}
    </Button>
  )
}
