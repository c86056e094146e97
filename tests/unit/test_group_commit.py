"""Many requests in few transactions: how long the writer waits for more of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.infrastructure.database.call_records import Appended, Record
from backend.infrastructure.database.group_commit import GroupCommit
from backend.infrastructure.database.journal import Journal
from backend.infrastructure.database.record_writer import Outcome, RecordWriter
from backend.infrastructure.database.session import Database
from tests.support.virtual_time import run_virtual

GATHER_S = 0.02


class TimedWriter(RecordWriter):
    """Writes nothing, and takes ``takes_s`` for it; ``began_at`` is when, in seconds of the loop."""

    def __init__(self, takes_s: float) -> None:
        super().__init__(Database("sqlite+aiosqlite://"), limit_s=1.0)
        self._takes_s = takes_s
        self.began_at: list[float] = []
        self.sizes: list[int] = []

    async def write(self, records: Sequence[Record]) -> Outcome:
        self.began_at.append(asyncio.get_running_loop().time())
        self.sizes.append(len(records))
        await asyncio.sleep(self._takes_s)
        return Outcome.WRITTEN


def written(folder: Path, takes_s: float, every_s: float, requests: int) -> TimedWriter:
    """Make a request every ``every_s``, wait until all are durable, and return who wrote them."""

    async def main() -> TimedWriter:
        writer, journal = TimedWriter(takes_s), Journal.create(folder, "a" * 32)
        commits = GroupCommit(writer, journal, gather_s=GATHER_S, retry_s=(1.0, 1.0))
        commits.start()
        async with asyncio.TaskGroup() as group:
            for _ in range(requests):
                group.create_task(commits.record([Appended([], [])]))
                await asyncio.sleep(every_s)
        await commits.aclose()
        journal.close()
        return writer

    return run_virtual(main())


def pauses(writer: TimedWriter) -> list[float]:
    """Return the time from each transaction to the next, in seconds."""
    return [after - before for before, after in zip(writer.began_at, writer.began_at[1:], strict=False)]


def test_a_lone_request_is_written_as_soon_as_a_few_could_have_gathered(tmp_path: Path) -> None:
    writer = written(tmp_path, takes_s=0.05, every_s=1.0, requests=3)
    assert writer.began_at == pytest.approx([GATHER_S, 1 + GATHER_S, 2 + GATHER_S])


def test_transactions_take_a_tenth_of_the_time_of_a_busy_server(tmp_path: Path) -> None:
    writer = written(tmp_path, takes_s=0.006, every_s=0.002, requests=500)
    assert sum(writer.sizes) == 500
    assert pauses(writer)[:-1] == pytest.approx([0.06] * (len(writer.sizes) - 2), abs=0.003)


def test_nobody_waits_long_for_company_however_slow_the_database_is(tmp_path: Path) -> None:
    writer = written(tmp_path, takes_s=0.4, every_s=0.05, requests=100)
    assert sum(writer.sizes) == 100
    assert max(pauses(writer)) == pytest.approx(0.5, abs=0.001)
