"""The fixtures of tests of the history: the log that calls are written to, and where they are looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.domain.ports.persistence_port import CallRepository
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> CallRepository:
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log
