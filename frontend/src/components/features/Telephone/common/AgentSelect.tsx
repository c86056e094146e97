import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { Select } from '@/components/common/Select'

type AgentSelectProps = Omit<ComponentProps<typeof Select>, 'children'> & {
  agents: readonly { id: string; name: string }[]
}

/** One of `agents`, or none yet. */
export function AgentSelect({ agents, ...rest }: AgentSelectProps) {
  const { t } = useTranslation()
  return (
    <Select {...rest}>
      <option value="">{t('phone.choose')}</option>
      {agents.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  )
}
