import { useRef, useState } from 'react'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { previewCampaign } from '@/store/slices/telephonySlice'
import { problemOf } from '@/store/thunks'
import type { Problem } from '@/types'
import { CAMPAIGN_LIMITS, type CampaignDraft, type CampaignPreview } from '@/types/telephony'

export interface ContactFile {
  name: string
  csv: string
}

/** Why a file cannot even be looked at. */
export type FileFault = 'tooLarge' | 'notText'

/** A file of contacts that was picked, and what the server would make of it. `preview` is null until it says so. */
export function useContacts() {
  const dispatch = useAppDispatch()
  const [file, setFile] = useState<ContactFile | null>(null)
  const [fault, setFault] = useState<FileFault | null>(null)
  const [preview, setPreview] = useState<CampaignPreview | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLooking, setLooking] = useState(false)

  const looks = useRef(0)

  const look = async (draft: CampaignDraft) => {
    const mine = ++looks.current
    setPreview(null)
    setProblem(null)
    setLooking(true)
    const result = await dispatch(previewCampaign(draft))
    if (mine !== looks.current) return // Something else was asked since.
    setLooking(false)
    if (previewCampaign.fulfilled.match(result)) setPreview(result.payload)
    else setProblem(problemOf(result))
  }

  /** Take a file, and have it looked at as the contacts of the campaign that `draftWith` makes of it. */
  const pick = async (picked: File, draftWith: (csv: string) => CampaignDraft) => {
    setFile(null)
    setPreview(null)
    setProblem(null)
    setFault(null)
    const csv = await textOf(picked)
    if (csv === null) setFault('notText')
    else if (csv.length > CAMPAIGN_LIMITS.csv) setFault('tooLarge')
    else {
      setFile({ name: picked.name, csv })
      await look(draftWith(csv))
    }
  }
  /** Have the file that was picked looked at again, as it is to be called in another way. */
  const lookAgain = async (draftWith: (csv: string) => CampaignDraft) => {
    if (file !== null) await look(draftWith(file.csv))
  }
  return { file, fault, preview, problem, isLooking, pick, lookAgain }
}

/** What a file says; null if it is not in UTF-8. */
async function textOf(file: File): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    return null
  }
}
