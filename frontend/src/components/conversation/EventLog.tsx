import { ToggleGroup } from 'radix-ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { classes } from '@/components/common/classes'
import { Input } from '@/components/common/Input'
import type { TimelineEntry } from '@/conversation/timeline'
import { duration, useFormat } from '@/hooks/useFormat'
import { filtered, LINE_GROUPS, linesOf, type EventLine, type LineGroup } from './eventLines'
import { EventText } from './EventText'

/** A call has thousands of lines; so many are drawn at a time. */
const LINES_AT_A_TIME = 200

interface EventLogProps {
  timeline: readonly TimelineEntry[]
  /** Makes the times buttons; called with nanoseconds since the call began. */
  onSeek?: ((at: number) => void) | undefined
}

/** Everything that happened in a call, in order, to be narrowed by kind and by words. */
export function EventLog({ timeline, onSeek }: EventLogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [groups, setGroups] = useState<readonly LineGroup[]>(LINE_GROUPS.filter((group) => group !== 'words'))
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(LINES_AT_A_TIME)
  const lines = useMemo(() => linesOf(timeline), [timeline])
  const matching = useMemo(() => filtered(lines, new Set(groups), search), [lines, groups, search])
  return (
    <div>
      <ToggleGroup.Root
        type="multiple"
        aria-label={t('events.kinds')}
        value={[...groups]}
        onValueChange={(chosen) => setGroups(chosen as LineGroup[])}
        className="mb-3 flex flex-wrap gap-1.5"
      >
        {LINE_GROUPS.map((group) => (
          <ToggleGroup.Item
            key={group}
            value={group}
            className="h-8 rounded-full border border-line-strong px-3 text-xs font-medium text-muted hover:bg-sunken data-[state=on]:border-primary data-[state=on]:bg-primary-soft data-[state=on]:text-ink"
          >
            {t(`events.groups.${group}`)}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
      <Input
        label={t('events.search')}
        value={search}
        maxLength={200}
        onChange={(event) => setSearch(event.target.value)}
      />
      <p className="mt-3 text-xs text-muted" role="status">
        {t('events.count', { count: matching.length, shown: format.number(matching.length) })}
      </p>
      <ol className="mt-2 divide-y divide-line text-sm" aria-label={t('events.title')}>
        {matching.slice(0, limit).map((line) => (
          <LogRow key={line.key} line={line} onSeek={onSeek} />
        ))}
      </ol>
      {matching.length > limit && (
        <Button className="mt-4" onClick={() => setLimit(limit + LINES_AT_A_TIME)}>
          {t('events.more')}
        </Button>
      )}
    </div>
  )
}

const MARKS: Record<LineGroup, string> = {
  line: 'bg-line-strong',
  caller: 'bg-caller',
  reply: 'bg-agent',
  playout: 'bg-agent',
  turns: 'bg-primary',
  engines: 'bg-danger-fill',
  words: 'bg-line',
}

function LogRow({ line, onSeek }: { line: EventLine; onSeek: ((at: number) => void) | undefined }) {
  const { t } = useTranslation()
  const time = preciseTime(line.at)
  return (
    <li className="grid grid-cols-[5rem_0.5rem_1fr] items-baseline gap-x-3 py-1.5">
      <span className="figures text-right text-xs text-muted">
        {onSeek ? (
          <button
            type="button"
            className="min-h-6 rounded-sm px-1 underline-offset-4 hover:text-ink hover:underline"
            aria-label={t('transcript.playFrom', { time })}
            onClick={() => onSeek(line.at)}
          >
            {time}
          </button>
        ) : (
          time
        )}
      </span>
      <span className={classes('mt-2 size-2 self-start rounded-full', MARKS[line.group])} aria-hidden />
      <span className="min-w-0">
        <EventText line={line} />
      </span>
    </li>
  )
}

/** Minutes, seconds and milliseconds: what is close together is told apart. */
function preciseTime(ns: number): string {
  const ms = Math.floor(ns / 1_000_000)
  return `${duration(ms)}.${String(ms % 1_000).padStart(3, '0')}`
}
