"""The call log when things break: databases that go away, disks that fill, processes that are killed."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from backend.domain.entities.call import Call, CallStatus
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.domain.ports.persistence_port import CallFilter
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.databases import PostgresServer
from tests.support.storage_builders import TENANT, a_call, a_turn, an_entry, ended
from tests.support.storage_faults import a_log, away

pytest_plugins = ["tests.support.storage_fixtures", "tests.support.storage_fault_fixtures"]

ROOT = Path(__file__).parents[2]


async def back(log: SqlCallLog) -> None:
    """Wait until the database has everything: to a log that waits so little, a busy machine has it away."""
    async with asyncio.timeout(20):
        await log.database_back()


async def talk(log: SqlCallLog, call: Call, seqs: range) -> list[TimelineEntry]:
    entries = [an_entry(seq, a_turn(seq)) for seq in seqs]
    for entry in entries:
        await log.append(call.id, [entry])
    return entries


async def test_what_happens_while_the_database_is_away_is_there_once_and_in_order_when_it_is_back(
    storage: Database, server: PostgresServer | None, calls: SqlCallRepository, tmp_path: Path
) -> None:
    before, during = a_call(), a_call()
    async with a_log(storage, tmp_path) as log:
        await log.open(before)
        entries = await talk(log, before, range(1, 4))
        with away(storage, server):
            entries += await talk(log, before, range(4, 30))
            await log.append(before.id, entries[:6])  # said twice
            await log.open(during)
            during_entries = await talk(log, during, range(1, 4))
            await log.close(ended(during))
            assert log.is_away
        entries += await talk(log, before, range(30, 33))
        await back(log)
        entries += await talk(log, before, range(33, 35))
        await back(log)
        assert await calls.timeline(TENANT, before.id) == entries
        assert await calls.turns(TENANT, before.id) == [a_turn(entry.seq) for entry in entries]
        assert await calls.timeline(TENANT, during.id) == during_entries
        assert (await calls.get(TENANT, during.id)).call == ended(during)


async def test_a_journal_that_a_former_process_left_is_replayed_before_its_calls_are_interrupted(
    storage: Database, server: PostgresServer | None, calls: SqlCallRepository, tmp_path: Path
) -> None:
    call = a_call()
    log = a_log(storage, tmp_path)
    await log.start()
    with away(storage, server):
        await log.open(call)
        entries = await talk(log, call, range(1, 9))
        await log.aclose()
    async with SqlCallLog(storage, tmp_path) as log:
        assert await log.mark_interrupted() == 1
    assert await calls.timeline(TENANT, call.id) == entries
    found = (await calls.get(TENANT, call.id)).call
    assert (found.status, found.duration_ms) == (CallStatus.INTERRUPTED, 800)
    assert list((tmp_path / "journal").iterdir()) == []


async def test_a_line_that_cannot_be_read_holds_up_nothing_behind_it(
    storage: Database, calls: SqlCallRepository, server: PostgresServer | None, tmp_path: Path
) -> None:
    call = a_call()
    log = a_log(storage, tmp_path)
    await log.start()
    with away(storage, server):
        await log.open(call)
        await talk(log, call, range(1, 5))
        await log.aclose()
    (journal,) = (tmp_path / "journal").iterdir()
    lines = journal.read_bytes().splitlines()
    journal.write_bytes(b"\n".join([*lines[:3], b"\xff not a record", *lines[3:], b'{"torn": tr']))
    async with SqlCallLog(storage, tmp_path):
        pass
    assert [entry.seq for entry in await calls.timeline(TENANT, call.id)] == [1, 2, 3, 4]
    assert journal.with_suffix(".rejected").read_bytes() == b"\xff not a record\n"


async def test_a_server_that_says_nothing_is_away(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.new_database()
    await migrate(url)
    call = a_call()
    async with Database(url) as storage, a_log(storage, tmp_path) as log:
        await log.open(call)
        with postgres.frozen():
            async with asyncio.timeout(10):
                await log.append(call.id, [an_entry(1)])
            assert log.is_away
        await back(log)
        calls = SqlCallRepository(storage, FileRecordingStore(tmp_path))
        assert await calls.timeline(TENANT, call.id) == [an_entry(1)]


async def test_closing_takes_no_more_than_seconds_while_the_server_says_nothing(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_database()
    await migrate(url)
    async with Database(url) as storage:
        tasks = asyncio.all_tasks()
        log = a_log(storage, tmp_path)
        await log.start()
        call = a_call()
        await log.open(call)
        with postgres.frozen():
            await log.append(call.id, [an_entry(1)])
            async with asyncio.timeout(6):
                await log.aclose()
            assert asyncio.all_tasks() == tasks


async def test_neither_database_nor_journal_is_an_error_and_both_recover(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    call = a_call()
    async with Database(url) as storage, a_log(storage, tmp_path) as log:
        await log.open(call)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # a full disk
        try:
            with pytest.raises(StorageError):
                await log.append(call.id, [an_entry(1)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await log.append(call.id, [an_entry(1)])
        await back(log)
        calls = SqlCallRepository(storage, FileRecordingStore(tmp_path))
        assert await calls.timeline(TENANT, call.id) == [an_entry(1)]


async def test_a_call_whose_opening_could_not_be_recorded_is_opened_by_its_first_entry(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    call = a_call()
    async with Database(url) as storage, a_log(storage, tmp_path) as log:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            with pytest.raises(StorageError):
                await log.open(call)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await log.append(call.id, [an_entry(1)])
        await back(log)
        calls = SqlCallRepository(storage, FileRecordingStore(tmp_path))
        assert (await calls.get(TENANT, call.id)).call == call


@pytest.mark.parametrize("acknowledged", [1, 60])
async def test_after_kill_9_every_acknowledged_entry_is_there_once(
    storage_url: str, storage: Database, calls: SqlCallRepository, tmp_path: Path, acknowledged: int
) -> None:
    seen = await asyncio.to_thread(kill_after, acknowledged, storage_url, tmp_path)
    assert sum(map(len, seen.values())) >= acknowledged
    async with SqlCallLog(storage, tmp_path) as log:
        assert 1 <= await log.mark_interrupted() <= 3
    page = await calls.page(TENANT, where=CallFilter(), limit=9)
    found = {item.call.id.value: item.call for item in page.items}
    for call_id, seqs in seen.items():
        call = found[call_id]
        entries = await calls.timeline(TENANT, call.id)
        turns = await calls.turns(TENANT, call.id)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert [turn.number for turn in turns] == [entry.seq for entry in entries]
        assert len(seqs) <= len(entries) <= len(seqs) + 1  # one may have been on its way
        assert call.status is CallStatus.INTERRUPTED
        assert call.duration_ms == 100 * len(entries)


def kill_after(acknowledged: int, url: str, data_folder: Path) -> dict[str, list[int]]:
    """Kill a process that appends once it has acknowledged that much; return all that it had."""
    command = [sys.executable, "-m", "tests.support.storage_appender", url, str(data_folder)]
    seen: dict[str, list[int]] = defaultdict(list)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout, start=1):
            call_id, seq = line.decode().split()
            seen[call_id].append(int(seq))
            if count == acknowledged:
                os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return seen
