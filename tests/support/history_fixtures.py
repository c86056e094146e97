"""The fixture of tests of the history: the log that calls are written to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log
