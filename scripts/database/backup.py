"""Copy the SQLite database while Victoria runs or stands still, and throw the oldest copies away.

A copy is one consistent state, checked, and readable by its owner only: ``backups/victoria-<UTC>.db`` in the
data folder, or where ``--to`` says. Recordings are files and can be copied as such. The providers' keys in a
copy can only be read with the master key (``master.key`` or ``VICTORIA_MASTER_KEY``): keep that elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from backend.domain.errors import ConfigurationError, VictoriaError
from backend.infrastructure.config.settings import Settings, load_settings
from backend.infrastructure.database.session import is_in_memory, parse_url

KEEP: Final = 14
PREFIX: Final = "victoria-"
_BUSY_S: Final = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Make a copy, prune the old ones, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, help="the folder of the copies")
    parser.add_argument("--keep", type=_at_least_one, default=KEEP, help=f"how many copies stay ({KEEP})")
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
        source = database_file(settings)
        folder = given.to or settings.data_dir / "backups"
        copy = back_up(source, folder, now=datetime.now(UTC))
        pruned = prune(folder, keep=given.keep)
    except VictoriaError as error:
        print(error.message, file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"The database was not copied: {error}", file=sys.stderr)
        return 1
    print(f"{copy} ({copy.stat().st_size} bytes); {len(pruned)} older copies removed.")
    return 0


def database_file(settings: Settings) -> Path:
    """Return the file that the settings name.

    Raises ``ConfigurationError`` if they name PostgreSQL, a database in memory, or a file that is not there.
    """
    url = parse_url(settings.storage_url)
    if url.get_backend_name() != "sqlite" or is_in_memory(url):
        raise ConfigurationError("Only SQLite files are copied here; for PostgreSQL there is pg_dump.")
    path = Path(str(url.database))
    if not path.is_file():
        raise ConfigurationError(f"There is no database at {path}.")
    return path


def back_up(source: Path, folder: Path, *, now: datetime) -> Path:
    """Copy the database ``source`` into ``folder`` and return the copy; it appears whole or not at all.

    Raises ``OSError`` or ``sqlite3.Error``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f"{PREFIX}{now:%Y%m%dT%H%M%S%fZ}.db"
    draft = copy.with_suffix(f".{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with (
            closing(
                sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
            ) as old,
            closing(sqlite3.connect(draft)) as new,
        ):
            # In one step: in WAL mode that reads one state and holds up no writer, while a copy in several
            # steps begins again whenever somebody writes.
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # the copy is one file
            (verdict,) = new.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged ({verdict})")
        _make_durable(draft)
        draft.rename(copy)
        _make_durable(folder)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    return copy


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all copies but the newest ``keep`` and return what is gone. Raises ``OSError``."""
    copies = sorted(folder.glob(f"{PREFIX}*Z.db"))  # the names sort in the order of time
    gone = copies[:-keep]
    for copy in gone:
        copy.unlink()
    return gone


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
