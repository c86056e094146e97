"""Old calls go, with their recordings first, and only those.

On the real storage; only time and what goes wrong are made up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from backend.application.services.retention import DAY_MS, RetentionSweep, Swept
from backend.domain.entities.call import Call
from backend.domain.errors import NotFoundError, StorageError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.retention import Retention
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.erasure import SqlErasure
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCallRepository,
    SqlOldCalls,
    SqlOutboundCalls,
    SqlRetentionRepository,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.memory import ManualClock
from tests.support.outbound_orders import AMPLE, an_order
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry, ended

NOW = ManualClock().wall_ms()
OTHER = "other"


class Rig:
    """Storage with a sweep over it."""

    def __init__(self, database: Database, log: SqlCallLog, folder: Path) -> None:
        self.database = database
        self.log = log
        self.folder = folder
        self.recordings = StubbornRecordings(folder)
        self.wishes = SqlRetentionRepository(database)
        self.calls = SqlCallRepository(database, self.recordings)
        self.clock = ManualClock()
        self.retention = RetentionSweep(
            self.wishes,
            SqlOldCalls(database),
            self.calls,
            self.recordings,
            self.clock,
            erasure=SqlErasure(database),
            page=2,
        )

    async def call(self, days_old: float, *, tenant: str = TENANT, is_live: bool = False) -> Call:
        """Keep a call with a recording and a turn."""
        call = a_call(an_agent(tenant=tenant), started_at=NOW - round(days_old * DAY_MS))
        await self.log.open(call)
        await self.log.append(call.id, [an_entry(1, a_turn(1))])
        writer = await self.recordings.create(call.id, 8_000)
        await writer.write(bytes(32_000))
        await writer.close()
        if not is_live:
            await self.log.close(ended(call))
        return call

    async def left(self, *calls: Call) -> list[tuple[bool, bool]]:
        """Return for each call whether its rows and whether its recording are there."""
        return [(await self._has_rows(call), self.recordings.exists(call.id)) for call in calls]

    async def _has_rows(self, call: Call) -> bool:
        with suppress(NotFoundError):
            return bool(await self.calls.turns(call.tenant, call.id))
        return False


class StubbornRecordings(FileRecordingStore):
    """A store on a disk that will not let some recordings go."""

    stuck: frozenset[CallId] = frozenset()

    async def delete(self, call_id: CallId) -> None:
        if call_id in self.stuck:
            raise StorageError("not this one")
        await super().delete(call_id)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    async with Database(url) as database, SqlCallLog(database, tmp_path, gather_s=0) as log:
        yield Rig(database, log, tmp_path)


GONE, SILENT, WHOLE = (False, False), (True, False), (True, True)


async def test_without_a_wish_everything_stays(rig: Rig) -> None:
    ancient = await rig.call(9_999)
    assert await rig.retention.sweep() == Swept()
    await rig.wishes.put(TENANT, Retention(None, None))
    assert await rig.retention.sweep() == Swept()
    assert await rig.left(ancient) == [WHOLE]


async def test_calls_and_recordings_go_each_in_its_time(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=30, recordings_days=7))
    calls = [await rig.call(days) for days in (31, 30.001, 29.999, 7.001, 6.999, 0)]
    assert await rig.retention.sweep() == Swept(calls=2, recordings=2)
    assert await rig.left(*calls) == [GONE, GONE, SILENT, SILENT, WHOLE, WHOLE]
    assert await rig.retention.sweep() == Swept()
    rig.clock.advance(0.002 * DAY_MS / 1_000)
    assert await rig.retention.sweep() == Swept(calls=1, recordings=1)


async def test_once_is_for_every_tenant_whatever_it_wishes(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=1))
    mine, theirs = await rig.call(5), await rig.call(10, tenant=OTHER)
    assert await rig.retention.sweep(once=Retention(days=7)) == Swept(calls=1)
    assert await rig.left(mine, theirs) == [WHOLE, GONE]


async def test_nothing_of_a_call_is_left_in_the_data_folder(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=1))
    old = await rig.call(2)
    await rig.retention.sweep()
    assert not list((rig.folder / "recordings").iterdir())
    async with rig.database.transaction() as connection:
        for table in ("calls", "turns", "timeline"):
            rows = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")
            assert rows.scalar() == 0, (table, old)


async def test_live_calls_and_other_tenants_are_left_alone(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=1, recordings_days=1))
    live, foreign = await rig.call(100, is_live=True), await rig.call(100, tenant=OTHER)
    old = await rig.call(100)
    assert await rig.retention.sweep() == Swept(calls=1)
    assert await rig.left(live, foreign, old) == [WHOLE, WHOLE, GONE]


async def test_a_sweep_that_died_between_recording_and_rows_is_finished_by_the_next(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=1))
    half = await rig.call(2)
    await rig.recordings.delete(half.id)
    assert await rig.left(half) == [SILENT]
    assert await rig.retention.sweep() == Swept(calls=1)
    assert await rig.left(half) == [GONE]


async def test_rows_stay_as_long_as_their_recording_cannot_go_and_hold_up_nobody(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=2, recordings_days=1))
    stuck, stuck_too, free = await rig.call(3), await rig.call(1.5), await rig.call(2.5)
    rig.recordings.stuck = frozenset({stuck.id, stuck_too.id})
    # The oldest is tried as a call and, because it is still there, as a recording.
    assert await rig.retention.sweep() == Swept(calls=1, left=3)
    assert await rig.left(stuck, stuck_too, free) == [WHOLE, WHOLE, GONE]
    rig.recordings.stuck = frozenset()
    assert await rig.retention.sweep() == Swept(calls=1, recordings=1)


async def test_more_calls_than_are_looked_up_at_once(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=3, recordings_days=1))
    await rig.wishes.put(OTHER, Retention(days=1))
    calls = [await rig.call(days) for days in (5, 5, 4, 4, 4, 2, 2, 2)]
    calls.append(await rig.call(2, tenant=OTHER))
    assert await rig.retention.sweep() == Swept(calls=6, recordings=3)
    assert await rig.left(*calls) == [GONE] * 5 + [SILENT] * 3 + [GONE]


async def test_a_call_that_somebody_else_deletes_meanwhile_is_no_error(rig: Rig) -> None:
    await rig.wishes.put(TENANT, Retention(days=1))
    calls = [await rig.call(2) for _ in range(3)]
    async with asyncio.TaskGroup() as sweeps:
        both = [sweeps.create_task(rig.retention.sweep()) for _ in range(2)]
    assert sum(sweep.result().calls for sweep in both) == 3
    assert await rig.left(*calls) == [GONE] * 3


async def test_orders_for_calls_go_with_the_calls(rig: Rig) -> None:
    await SqlOutboundCalls(rig.database).add(an_order(created_at=NOW - 3 * DAY_MS).cancelled(NOW), AMPLE)
    await rig.wishes.put(TENANT, Retention(recordings_days=1))
    assert await rig.retention.sweep() == Swept()
    await rig.wishes.put(TENANT, Retention(days=2))
    assert await rig.retention.sweep() == Swept(orders=1)
