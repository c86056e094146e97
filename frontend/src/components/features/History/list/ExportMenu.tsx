import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Menu, MenuItem } from '@/components/common/Menu'
import { useServices } from '@/hooks/useServices'
import { useToast } from '@/hooks/useToast'
import { toProblem } from '@/services/problem'
import type { CallQuery, ExportFormat } from '@/types/calls'
import { saveFile } from '@/utils/saveFile'

const FORMATS: readonly ExportFormat[] = ['csv', 'json']

const TYPES: Record<ExportFormat, string> = { csv: 'text/csv', json: 'application/json' }

/** All calls that match as one file, not only the page that is shown. It goes on if the page is left. */
export function ExportMenu({ query }: { query: CallQuery }) {
  const { t } = useTranslation()
  const { history } = useServices()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)

  const save = async (format: ExportFormat) => {
    setBusy(true)
    try {
      const file = await history.exported(format, query)
      saveFile(new Blob([file], { type: TYPES[format] }), `calls.${format}`)
    } catch (error) {
      toast.problem(toProblem(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu
      trigger={
        <Button busy={isBusy}>
          <Download className="size-4" aria-hidden />
          {t('calls.export')}
        </Button>
      }
    >
      {FORMATS.map((format) => (
        <MenuItem key={format} onSelect={() => void save(format)}>
          {t(`calls.exports.${format}`)}
        </MenuItem>
      ))}
    </Menu>
  )
}
