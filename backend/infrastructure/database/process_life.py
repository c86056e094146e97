"""What a process holds while it lives: its name, its journal, its inheritance and, on SQLite, the file.

All of it is locked, and the kernel unlocks it when the process dies. An SQLite file has one process; a
PostgreSQL database may have many, each of which looks after the calls and journals that former processes left
in *its* data folder.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Self

from backend.domain.errors import ConfigurationError
from backend.infrastructure.database.file_lock import FileLock
from backend.infrastructure.database.journal import Journal
from backend.infrastructure.database.session import Database, is_in_memory


class ProcessLife:
    """One life of a process, from ``begin`` to ``end``."""

    def __init__(self, journal: Journal, orphans: list[Journal], lock: FileLock | None) -> None:
        self.journal: Final = journal
        self.orphans: Final = orphans
        self._lock: Final = lock

    @property
    def id(self) -> str:
        """Names this life in the rows of its calls."""
        return self.journal.life

    @classmethod
    def begin(cls, database: Database, data_folder: Path) -> Self:
        """Begin a life; blocks on the disk.

        Raises ``ConfigurationError`` when another process holds the SQLite file, or when its folder or the
        data folder cannot be written.
        """
        folder = data_folder / "journal"
        try:
            with ExitStack() as undo:
                lock = _lock_file(database)
                if lock is not None:
                    undo.callback(lock.release)
                journal = Journal.create(folder, uuid.uuid4().hex)
                undo.callback(journal.remove)
                life = cls(journal, Journal.orphans(folder), lock)
                undo.pop_all()
                return life
        except OSError as error:
            raise ConfigurationError(
                f"The data folder {data_folder} cannot be used ({error.strerror}); this user must be able to "
                "write in it, and its disk must have room.",
                code="data-folder",
            ) from error

    def forget_orphans(self) -> None:
        """Remove the journals of the dead: all they held is in the database, and their calls are ended."""
        while self.orphans:
            self.orphans.pop().remove()

    def end(self, *, owes: bool) -> None:
        """Release everything. With ``owes``, leave the journal to the next life: it has calls to end."""
        for orphan in self.orphans:
            orphan.close()
        if owes or not self.journal.is_empty:
            self.journal.close()
        else:
            self.journal.remove()
        if self._lock is not None:
            self._lock.release()


@contextmanager
def sole_process(database: Database) -> Iterator[None]:
    """Hold the SQLite file as a running server does, for work that must not happen under one.

    Nothing is held of PostgreSQL, which processes share. Does not wait: raises ``ConfigurationError``
    (``database-in-use``) when another process has the file, or when its folder cannot be written.
    """
    lock = _lock_file(database)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _lock_file(database: Database) -> FileLock | None:
    if not database.is_sqlite or is_in_memory(database.url):
        return None
    path = database.url.database
    try:
        lock = FileLock.take(Path(f"{path}.lock"))
    except OSError as error:
        raise ConfigurationError(
            f"The database file {path} cannot be locked ({error.strerror}); its folder must exist and this "
            "user must be able to write in it.",
            code="database",
        ) from error
    if lock is None:
        raise ConfigurationError(
            f"Another Victoria is running on {path}; stop it, or give this one another file in DATABASE_URL "
            "(several processes share PostgreSQL, not SQLite).",
            code="database-in-use",
        )
    return lock
