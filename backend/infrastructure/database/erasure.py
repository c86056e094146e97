"""What deleted calls leave in SQLite's files, overwritten.

Deleted rows are overwritten as they go (``secure_delete``). Two things stay: the index of words keeps a word
in the segment where it was written until that is merged with what says that the word is gone, and the
write-ahead log holds pages as they once were. So the segments are merged, and the log is emptied.

PostgreSQL's files are its server's: what is deleted there is overwritten after a ``VACUUM``, some time.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Final

from sqlalchemy import text

from backend.domain.errors import StorageError
from backend.infrastructure.database.errors import storage_errors
from backend.infrastructure.database.session import Database, is_in_memory

# Pages that one transaction merges: live calls wait for it, 40 ms at most on a busy machine. The index of
# 100,000 calls takes 70 of them and 1.3 s, and nothing where nothing was written since.
_PIECE: Final = 64
_PAUSE_S: Final = 0.02
_BUSY_TIMEOUT_S: Final = 0.2

# https://www.sqlite.org/fts5.html#the_merge_command: negative to begin, until hardly anything changes.
_MERGE: Final = text("INSERT INTO call_search (call_search, rank) VALUES ('merge', :pages)")
_CHANGES: Final = text("SELECT total_changes()")
_IDLE: Final = 2


class SqlErasure:
    """Implements ``Erasure``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def erase(self) -> None:
        """Overwrite what deleted calls have left. Raises ``StorageError``; cancelling leaves the rest.

        A log that somebody reads at this moment stays for the next time.
        """
        if not self._database.is_sqlite:
            return
        pages = -_PIECE
        while await self._merge(pages) >= _IDLE:
            pages = _PIECE
            await asyncio.sleep(_PAUSE_S)
        if not is_in_memory(self._database.url):
            await asyncio.to_thread(_empty_log, str(self._database.url.database))

    async def _merge(self, pages: int) -> int:
        """Merge some pages of the index of words; return how many rows that has changed."""
        with storage_errors():
            async with self._database.transaction() as connection:
                before = (await connection.execute(_CHANGES)).scalar_one()
                await connection.execute(_MERGE, {"pages": pages})
                return int((await connection.execute(_CHANGES)).scalar_one()) - int(before)


def _empty_log(path: str) -> None:
    # With a connection of its own, because this cannot be done in a transaction. Most is copied while others
    # write; only for the rest they wait.
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)) as connection:
            for way in ("PASSIVE", "TRUNCATE"):
                connection.execute(f"PRAGMA wal_checkpoint({way})").fetchall()
    except sqlite3.Error as error:
        raise StorageError(f"The database's log could not be emptied ({error.sqlite_errorname}).") from error
