"""What calls come to over a span of time, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.conversation.events import EngineFailed
from backend.domain.entities.call import Call, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.ports.statistics_port import BucketSize, EngineFigures, Figures, StatisticsQuery
from backend.domain.value_objects.instant import ms
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallStatistics
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry

pytest_plugins = ["tests.support.storage_fixtures"]

HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 1_699_920_000_000  # 2023-11-14 00:00 UTC
TWO_DAYS = StatisticsQuery(MIDNIGHT, MIDNIGHT + 2 * DAY, BucketSize.DAY)


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log


@pytest.fixture
def statistics(storage: Database) -> SqlCallStatistics:
    return SqlCallStatistics(storage)


async def held(
    log: SqlCallLog,
    call: Call,
    *answered_ms: float,
    cause: EndCause = EndCause.CALLER_HUNG_UP,
    failures: tuple[tuple[str, str], ...] = (),
) -> None:
    turns = [a_turn(number, answered_ms=time) for number, time in enumerate(answered_ms, 1)]
    events = [EngineFailed(ms(1), "llm", engine, "x", successor) for engine, successor in failures]
    await log.open(call)
    await log.append(
        call.id,
        [an_entry(1, *turns), *(TimelineEntry(seq, event, ()) for seq, event in enumerate(events, 2))],
    )
    await log.close(call.end(cause, at=call.started_at + 1_000, duration_ms=1_000))


async def test_a_span_without_calls_has_empty_buckets(statistics: SqlCallStatistics) -> None:
    counted = await statistics.count(TENANT, TWO_DAYS)
    assert counted.buckets == ((MIDNIGHT, Figures()), (MIDNIGHT + DAY, Figures()))
    assert counted.totals == Figures()
    assert (counted.engines, counted.causes) == ((), ())


async def test_calls_are_counted_where_they_began(log: SqlCallLog, statistics: SqlCallStatistics) -> None:
    cut = replace(a_turn(2, answered_ms=900, content="And so"), heard="And", interrupted=True)
    first = a_call(started_at=MIDNIGHT)
    await log.open(first)
    await log.append(first.id, [an_entry(1, a_turn(1, answered_ms=700), cut)])
    await log.close(first.end(EndCause.IDLE, at=MIDNIGHT + 5_000, duration_ms=5_000))
    groq = (("groq", "openai"), ("groq", "groq"))
    await held(log, a_call(started_at=MIDNIGHT + DAY - 1), cause=EndCause.ENGINES_FAILED, failures=groq)
    await log.open(a_call(started_at=MIDNIGHT + DAY))  # and goes on
    counted = await statistics.count(TENANT, TWO_DAYS)
    (_, one), (_, two) = counted.buckets
    assert one == Figures(
        calls=2,
        answered=1,
        completed=1,
        failed=1,
        answers=2,
        v2v_p50_ms=700,
        v2v_p95_ms=900,
        interruptions=1,
        engine_failures=2,
        fallbacks=1,
        talk_ms=6_000,
    )
    assert two == Figures(calls=1)
    assert counted.totals == replace(one, calls=3)
    assert counted.engines == (EngineFigures("llm", "groq", 2, 1),)
    assert set(counted.causes) == {("idle", 1), ("engines-failed", 1)}


async def test_percentiles_are_times_that_callers_waited(
    log: SqlCallLog, statistics: SqlCallStatistics
) -> None:
    times = [float(60 + number) for number in range(100)]
    await held(log, a_call(started_at=MIDNIGHT), *times[::2])
    await held(log, a_call(started_at=MIDNIGHT + HOUR), *times[1::2])
    totals = (await statistics.count(TENANT, TWO_DAYS)).totals
    assert totals.v2v_p50_ms == pytest.approx(109)
    assert totals.v2v_p95_ms == pytest.approx(154)
    hours = (await statistics.count(TENANT, replace(TWO_DAYS, bucket=BucketSize.HOUR))).buckets
    assert len(hours) == 48
    assert hours[1][1].v2v_p95_ms == pytest.approx(times[1::2][47])


async def test_drafts_and_others_calls_are_not_counted(
    log: SqlCallLog, statistics: SqlCallStatistics
) -> None:
    ana = an_agent()
    await held(log, a_call(ana, started_at=MIDNIGHT))
    await held(log, a_call(started_at=MIDNIGHT))
    await held(log, replace(a_call(ana, started_at=MIDNIGHT), is_draft=True))
    await held(log, a_call(an_agent(tenant="other"), started_at=MIDNIGHT))
    for outside in (MIDNIGHT - 1, MIDNIGHT + 2 * DAY):
        await held(log, a_call(ana, started_at=outside))
    assert (await statistics.count(TENANT, TWO_DAYS)).totals.calls == 2
    assert (await statistics.count(TENANT, replace(TWO_DAYS, agent_id=ana.id))).totals.calls == 1


@pytest.mark.parametrize("offset_min", [-210, 60, 345])
async def test_days_begin_by_the_clock_of_who_asks(
    log: SqlCallLog, statistics: SqlCallStatistics, offset_min: int
) -> None:
    midnight = MIDNIGHT + DAY - offset_min * 60_000
    await held(log, a_call(started_at=midnight - 1))
    await held(log, a_call(started_at=midnight))
    query = StatisticsQuery(midnight - DAY, midnight + DAY, BucketSize.DAY, offset_min)
    buckets = (await statistics.count(TENANT, query)).buckets
    assert [(at, figures.calls) for at, figures in buckets] == [(midnight - DAY, 1), (midnight, 1)]
