import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/common/Badge'
import { Button } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import { useFormat } from '@/hooks/useFormat'
import type { ApiKey } from '@/types/settings'

type KeyState = 'current' | 'good' | 'expired' | 'revoked'

/** One key: what it is called, how it begins, and what has become of it. */
export function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, prefix, created_at, last_used_at, expires_at, revoked_at } = apiKey
  const [now] = useState(Date.now)
  const state = stateOf(apiKey, now)
  const isOver = state === 'expired' || state === 'revoked'
  const facts = [
    t('settings.keys.created', { when: format.dateTime(created_at) }),
    last_used_at === null
      ? t('settings.keys.neverUsed')
      : t('settings.keys.lastUsed', { when: format.dateTime(last_used_at) }),
    revoked_at !== null && t('settings.keys.revokedAt', { when: format.dateTime(revoked_at) }),
    revoked_at === null &&
      expires_at !== null &&
      t('settings.keys.expires', { when: format.dateTime(expires_at) }),
  ].filter((fact) => fact !== false)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <p
          className={classes(
            'flex flex-wrap items-center gap-x-3 gap-y-1 font-medium',
            isOver && 'text-muted',
          )}
        >
          {name}
          <span className="figures text-sm font-normal text-muted">{prefix}…</span>
          {state === 'current' && <Badge tone="good">{t('settings.keys.states.current')}</Badge>}
          {isOver && <Badge>{t(`settings.keys.states.${state}`)}</Badge>}
        </p>
        <p className="mt-0.5 text-sm text-muted">{facts.join(' · ')}</p>
      </div>
      {!isOver && (
        <Button aria-label={t('settings.keys.revokeNamed', { name })} onClick={onRevoke}>
          {t('settings.keys.revoke')}
        </Button>
      )}
    </li>
  )
}

function stateOf({ current, expires_at, revoked_at }: ApiKey, now: number): KeyState {
  if (revoked_at !== null) return 'revoked'
  if (expires_at !== null && expires_at <= now) return 'expired'
  return current ? 'current' : 'good'
}
