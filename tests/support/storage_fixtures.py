"""The fixtures that run a storage test once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.databases import PostgresServer, new_sqlite_database, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; a test that stops it starts it again."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/victoria.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def storage(storage_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with the current schema."""
    if storage_url.startswith("sqlite:"):
        assert new_sqlite_database(tmp_path) == storage_url
    else:
        await migrate(storage_url)
    async with Database(storage_url) as database:
        yield database


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> SqlCallRepository:
    """Where calls are looked for in it."""
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))
