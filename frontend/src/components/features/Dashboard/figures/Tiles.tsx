import { useTranslation } from 'react-i18next'
import { useFormat } from '@/hooks/useFormat'
import type { CallStats } from '@/types/dashboard'
import { useDashboardFormat } from '../useDashboardFormat'
import { Tile } from './Tile'
import { TILE_GRID } from './tileGrid'

/** What the span comes to as a whole. Where there was nothing to count, that is said instead of 0. */
export function Tiles({ totals }: { totals: CallStats['totals'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { share, seconds, talk } = useDashboardFormat()
  const { calls, answered, completed, failed, answers, interruptions } = totals
  // What a call came to is known when it has ended: live ones are counted, and part of no rate.
  const ended = completed + failed
  const hasCalls = calls > 0
  const hasEnded = ended > 0
  const noCalls = t('dashboard.noCalls')
  const noneEnded = hasCalls ? t('dashboard.noneEnded') : noCalls
  const noTurns = hasEnded ? t('dashboard.noTurns') : noneEnded
  const of = (part: number, all: number) =>
    t('dashboard.outOf', { part: format.number(part), all: format.number(all) })
  return (
    <dl className={TILE_GRID}>
      <Tile
        label={t('dashboard.tiles.calls')}
        value={format.number(calls)}
        note={hasCalls ? t('dashboard.tiles.talk', { time: talk(totals.talk_ms) }) : noCalls}
      />
      <Tile
        label={t('dashboard.tiles.answered')}
        value={hasEnded ? share(answered, ended) : null}
        note={hasEnded ? of(answered, ended) : noneEnded}
      />
      <Tile
        label={t('dashboard.tiles.completed')}
        value={hasEnded ? share(completed, ended) : null}
        note={hasEnded ? of(completed, ended) : noneEnded}
      />
      <Tile
        label={t('dashboard.tiles.median')}
        value={totals.v2v_p50_ms === null ? null : format.latency(totals.v2v_p50_ms)}
        note={
          totals.v2v_p50_ms === null
            ? noTurns
            : t('dashboard.tiles.answers', { count: answers, answers: format.number(answers) })
        }
      />
      <Tile
        label={t('dashboard.tiles.tail')}
        value={totals.v2v_p95_ms === null ? null : format.latency(totals.v2v_p95_ms)}
        note={totals.v2v_p95_ms === null ? noTurns : t('dashboard.tiles.tailNote')}
      />
      <Tile
        label={t('dashboard.tiles.interruptions')}
        value={hasEnded ? format.number(interruptions) : null}
        note={
          hasEnded
            ? t('dashboard.tiles.perCall', { value: format.decimal(interruptions / ended) })
            : noneEnded
        }
      />
      <Tile
        label={t('dashboard.tiles.deadAir')}
        value={hasEnded ? seconds(totals.dead_air_ms) : null}
        note={hasEnded ? t('dashboard.tiles.deadAirNote') : noneEnded}
      />
      <Tile
        label={t('dashboard.tiles.failures')}
        value={hasEnded ? format.number(totals.engine_failures) : null}
        note={
          hasEnded
            ? t('dashboard.tiles.fallbacks', {
                count: totals.fallbacks,
                fallbacks: format.number(totals.fallbacks),
              })
            : noneEnded
        }
        alarming={totals.engine_failures > totals.fallbacks}
      />
    </dl>
  )
}
