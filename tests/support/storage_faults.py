"""A call log that soon gives its database up, and ways to take the database away from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database
from tests.support.databases import PostgresServer


@contextmanager
def away(storage: Database, postgres: PostgresServer | None) -> Iterator[None]:
    """Keep everybody else from writing for a while."""
    if postgres is not None:
        postgres.stop()
        try:
            yield
        finally:
            postgres.start()
        return
    other = sqlite3.connect(str(storage.url.database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")  # as a backup tool or a database browser may
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def a_log(storage: Database, tmp_path: Path) -> SqlCallLog:
    return SqlCallLog(storage, tmp_path, database_limit_s=0.3, retry_s=(0.02, 0.1))
