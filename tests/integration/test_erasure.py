"""What is deleted cannot be read from the disk any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.application.services.retention import DAY_MS, RetentionSweep
from backend.domain.entities.call import Call
from backend.domain.value_objects.retention import Retention
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.erasure import SqlErasure
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.models import TranscriptModel
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCallRepository,
    SqlOldCalls,
    SqlRetentionRepository,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.memory import ManualClock
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry, ended

NOW = ManualClock().wall_ms()
SECRET, NOTED, PROMPTED, COMMON = "quetzalcoatl", "popocatepetl", "teotihuacan", "guadalajara"


class House:
    """Storage in a folder, with calls in which something was said."""

    def __init__(self, database: Database, log: SqlCallLog, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.recordings = FileRecordingStore(folder)
        self.calls = SqlCallRepository(database, self.recordings)
        self._log = log

    async def call(self, said: str, *, days_old: int = 0) -> Call:
        """Keep a call; each is written, and indexed, on its own."""
        agent = an_agent(prompt=f"You know {PROMPTED}.") if said == SECRET else an_agent()
        call = a_call(agent, started_at=NOW - days_old * DAY_MS)
        await self._log.open(call)
        await self._log.append(call.id, [an_entry(1, a_turn(1, content=f"{said} {COMMON}"))])
        await self._log.close(ended(call))
        return call

    def holds(self, word: str) -> list[str]:
        """Return the files in which a word stands, whatever its case."""
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return [file.name for file in files if word.encode() in file.read_bytes().lower()]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    async with Database(url) as database, SqlCallLog(database, tmp_path, gather_s=0) as log:
        yield House(database, log, tmp_path)


async def test_after_the_sweep_no_word_of_an_old_call_is_in_a_file(house: House) -> None:
    for number in range(5):
        await house.call(f"before{number}")
    old = await house.call(SECRET, days_old=2)
    await house.calls.annotate(TENANT, old.id, note=f"About {NOTED}.", tags=[NOTED])
    for number in range(5):
        await house.call(f"after{number}")
    assert all(house.holds(word) for word in (SECRET, NOTED, PROMPTED))

    wishes = SqlRetentionRepository(house.database)
    await wishes.put(TENANT, Retention(days=1))
    sweep = RetentionSweep(
        wishes,
        SqlOldCalls(house.database),
        house.calls,
        house.recordings,
        ManualClock(),
        erasure=SqlErasure(house.database),
    )
    assert (await sweep.sweep()).calls == 1

    assert [house.holds(word) for word in (SECRET, NOTED, PROMPTED)] == [[], [], []]
    assert house.holds(COMMON) == ["victoria.db"]


async def test_what_people_delete_is_erased_as_well(house: House) -> None:
    call = await house.call(SECRET)
    await house.calls.delete(TENANT, call.id)
    assert house.holds(SECRET)
    await SqlErasure(house.database).erase()
    assert house.holds(SECRET) == []


async def test_who_reads_meanwhile_is_not_disturbed(house: House) -> None:
    call = await house.call(SECRET)
    said = select(TranscriptModel.content).where(TranscriptModel.call_id == call.id.value)
    async with house.database.reading() as session:
        before = (await session.scalars(said)).all()
        await house.calls.delete(TENANT, call.id)
        await SqlErasure(house.database).erase()
        assert (await session.scalars(said)).all() == before == [f"{SECRET} {COMMON}"]
    await SqlErasure(house.database).erase()
    assert house.holds(SECRET) == []
