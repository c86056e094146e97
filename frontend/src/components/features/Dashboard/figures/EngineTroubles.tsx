import { useTranslation } from 'react-i18next'
import { Card } from '@/components/common/Card'
import { useEngineName } from '@/hooks/useEngineName'
import { useFormat } from '@/hooks/useFormat'
import type { EngineFigures } from '@/types/dashboard'

const PORTS = ['vad', 'stt', 'llm', 'tts'] as const

/** Which engines failed, and how often another one took over. Shown only if one did. */
export function EngineTroubles({ engines }: { engines: readonly EngineFigures[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const engineName = useEngineName()
  if (engines.length === 0) return null
  const columns = [t('dashboard.engines.port'), t('dashboard.engines.engine')]
  const figures = [t('dashboard.engines.failures'), t('dashboard.engines.fallbacks')]
  return (
    <Card title={t('dashboard.engines.title')}>
      <table className="w-full text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" className="pr-3 pb-2 font-medium">
                {name}
              </th>
            ))}
            {figures.map((name) => (
              <th key={name} scope="col" className="pb-2 pl-3 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {engines.map(({ port, engine, failures, fallbacks }) => {
            const known = PORTS.find((name) => name === port)
            return (
              <tr key={`${port} ${engine}`} className="border-t border-line">
                <td className="py-2 pr-3 text-muted">{known ? t(`call.ports.${known}`) : port}</td>
                <th scope="row" className="py-2 pr-3 text-left font-medium">
                  {engineName(port, engine)}
                </th>
                <td className="figures py-2 pl-3 text-right">{format.number(failures)}</td>
                <td className="figures py-2 pl-3 text-right">{format.number(fallbacks)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Card>
  )
}
