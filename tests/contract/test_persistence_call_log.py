"""What the call log promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event

from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.errors import ConflictError, StorageError
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.storage_builders import TENANT, a_call, a_turn, an_entry, ended

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> SqlCallRepository:
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log


async def test_a_call_is_live_then_ended(log: SqlCallLog, calls: SqlCallRepository) -> None:
    call = a_call()
    await log.open(call)
    assert (await calls.get(TENANT, call.id)).call == call
    await log.close(ended(call))
    assert (await calls.get(TENANT, call.id)).call == ended(call)


async def test_entries_and_their_turns_are_there_when_append_returns(
    log: SqlCallLog, calls: SqlCallRepository
) -> None:
    call = a_call()
    entries = [an_entry(1), an_entry(2, a_turn(1)), an_entry(3, a_turn(2, answered_ms=480))]
    await log.open(call)
    await log.append(call.id, entries)
    assert await calls.timeline(TENANT, call.id) == entries
    assert await calls.turns(TENANT, call.id) == [a_turn(1), a_turn(2, answered_ms=480)]


async def test_doing_a_thing_twice_does_it_once(log: SqlCallLog, calls: SqlCallRepository) -> None:
    call = a_call()
    for _ in range(2):
        await log.open(call)
        await log.append(call.id, [an_entry(1, a_turn(1))])
    await log.close(ended(call))
    await log.close(call.end(EndCause.INTERNAL_ERROR, at=1, duration_ms=1))
    await log.open(call)
    assert (await calls.get(TENANT, call.id)).call == ended(call)
    assert await calls.timeline(TENANT, call.id) == [an_entry(1, a_turn(1))]
    assert (await calls.get(TENANT, call.id)).turns == 1


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pieces=st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.integers(1, 12), min_size=1, max_size=5)), max_size=30
    )
)
async def test_whatever_is_appended_in_whatever_order_is_there_once(
    log: SqlCallLog, calls: SqlCallRepository, pieces: list[tuple[int, list[int]]]
) -> None:
    three = [a_call() for _ in range(3)]
    for call in three:
        await log.open(call)
    async with asyncio.TaskGroup() as together:
        for which, seqs in pieces:
            entries = [an_entry(seq, a_turn(seq)) for seq in seqs]
            together.create_task(log.append(three[which].id, entries))
    for which, call in enumerate(three):
        expected = sorted({seq for target, seqs in pieces if target == which for seq in seqs})
        assert [entry.seq for entry in await calls.timeline(TENANT, call.id)] == expected
        assert [turn.number for turn in await calls.turns(TENANT, call.id)] == expected


async def test_entries_that_arrive_together_share_a_transaction(
    log: SqlCallLog, calls: SqlCallRepository
) -> None:
    many = [a_call() for _ in range(50)]
    async with asyncio.TaskGroup() as together:
        for call in many:
            together.create_task(log.open(call))
    commits: list[int] = []

    def count(_connection: Connection) -> None:
        commits.append(1)

    event.listen(Engine, "commit", count)
    try:
        async with asyncio.TaskGroup() as together:
            for call in many:
                together.create_task(log.append(call.id, [an_entry(1)]))
    finally:
        event.remove(Engine, "commit", count)
    assert 1 <= len(commits) <= 2
    for call in many:
        assert await calls.timeline(TENANT, call.id) == [an_entry(1)]


async def test_cancelling_append_records_all_the_same_and_harms_nobody(
    log: SqlCallLog, calls: SqlCallRepository
) -> None:
    call = a_call()
    await log.open(call)
    async with asyncio.TaskGroup() as together:
        impatient = together.create_task(log.append(call.id, [an_entry(1)]))
        together.create_task(log.append(call.id, [an_entry(2)]))
        await asyncio.sleep(0)
        impatient.cancel()
    await log.append(call.id, [an_entry(3)])
    assert await calls.timeline(TENANT, call.id) == [an_entry(seq) for seq in (1, 2, 3)]


async def test_a_call_that_was_never_opened_cannot_be_appended_to(log: SqlCallLog) -> None:
    with pytest.raises(ConflictError):
        await log.append(a_call().id, [an_entry(1)])


async def test_a_request_that_the_database_refuses_does_not_spoil_its_neighbours(
    log: SqlCallLog, calls: SqlCallRepository, storage: Database
) -> None:
    good, bad = a_call(), a_call()
    await log.open(good)
    await log.open(bad)
    async with storage.transaction() as connection:
        await connection.exec_driver_sql(f"DELETE FROM calls WHERE id = '{bad.id}'")
    async with asyncio.TaskGroup() as together:
        together.create_task(log.append(good.id, [an_entry(1)]))
        refused = together.create_task(is_refused(log.append(bad.id, [an_entry(1)])))
        together.create_task(log.append(good.id, [an_entry(2)]))
    assert refused.result()
    assert await calls.timeline(TENANT, good.id) == [an_entry(1), an_entry(2)]
    assert not log.is_away


async def is_refused(request: Coroutine[None, None, None]) -> bool:
    try:
        await request
    except StorageError as error:
        return error.code == "storage-refused"
    return False


async def test_calls_of_a_process_that_died_are_interrupted_at_their_last_sign_of_life(
    storage: Database, calls: SqlCallRepository, tmp_path: Path
) -> None:
    spoke, silent, over = a_call(), a_call(), a_call()
    async with SqlCallLog(storage, tmp_path) as log:
        for call in (spoke, silent, over):
            await log.open(call)
        await log.append(spoke.id, [an_entry(1), an_entry(2, a_turn(1)), an_entry(73)])
        await log.close(ended(over))
    async with SqlCallLog(storage, tmp_path) as log:
        assert await log.mark_interrupted() == 2
        assert await log.mark_interrupted() == 0
    found = (await calls.get(TENANT, spoke.id)).call
    assert found.status is CallStatus.INTERRUPTED
    assert found == spoke.end(EndCause.PROCESS_DIED, at=spoke.started_at + 7_300, duration_ms=7_300)
    assert (await calls.get(TENANT, silent.id)).call.duration_ms == 0
    assert (await calls.get(TENANT, over.id)).call == ended(over)


async def test_a_log_that_is_closed_takes_nothing_and_leaves_nothing(
    storage: Database, tmp_path: Path
) -> None:
    tasks = asyncio.all_tasks()
    log = SqlCallLog(storage, tmp_path)
    await log.start()
    call = a_call()
    await log.open(call)
    await log.close(ended(call))
    await log.aclose()
    await log.aclose()
    assert asyncio.all_tasks() == tasks
    assert list((tmp_path / "journal").iterdir()) == []
    with pytest.raises(StorageError):
        await log.open(a_call())


async def test_what_waits_is_written_before_the_log_closes(
    storage: Database, calls: SqlCallRepository, tmp_path: Path
) -> None:
    call = a_call()
    log = SqlCallLog(storage, tmp_path)
    await log.start()
    await log.open(call)
    async with asyncio.TaskGroup() as together:
        for seq in range(1, 40):
            together.create_task(log.append(call.id, [an_entry(seq)]))
        await asyncio.sleep(0)
        await log.aclose()
    assert len(await calls.timeline(TENANT, call.id)) == 39
