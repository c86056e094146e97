"""The fixtures of storage tests that take the database away and look at what is in it afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.databases import PostgresServer


@pytest.fixture
def server(request: pytest.FixtureRequest, storage: Database) -> PostgresServer | None:
    return None if storage.is_sqlite else request.getfixturevalue("postgres")


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> SqlCallRepository:
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))
