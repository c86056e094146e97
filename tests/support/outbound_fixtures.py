"""The fixtures of tests of calls that we place."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.session import Database
from tests.support.outbound_rig import OutboundRig, dialling, wired


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the current schema, to be copied: making one takes a second."""
    path = tmp_path_factory.mktemp("schema") / "victoria.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def database(empty_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the test's own."""
    shutil.copy(empty_database, tmp_path / "victoria.db")
    async with Database(f"sqlite:///{tmp_path}/victoria.db") as database:
        yield database


@pytest.fixture
async def rig(database: Database) -> AsyncIterator[OutboundRig]:
    """A rig that dials, with an agent, a line and somebody to call."""
    async with dialling(wired(database)) as rig:
        yield rig
