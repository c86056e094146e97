"""Databases' errors in the domain's words.

At start the owner can do something about a database that does not open: ``configuration_error``. Later a
failure is a fact to live with: ``storage_error``. ``is_refusal`` tells the database that will never take
these rows from the database that is away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from backend.domain.errors import ConfigurationError, StorageError

# sqlite3's symbolic result codes (https://www.sqlite.org/rescode.html) to what the owner should do.
_SQLITE_ADVICE: Final = {
    "SQLITE_READONLY": "is read-only; give this user the right to write the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened; its folder must exist and this user must be able to write in it",
    "SQLITE_PERM": "cannot be opened; this user must be able to write the file and its folder",
    "SQLITE_NOTADB": "is not an SQLite database; choose another file in DATABASE_URL",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup",
    "SQLITE_FULL": "cannot grow because the disk is full; free some space",
    "SQLITE_BUSY": "is locked by another program; close it and start again",
}


@contextmanager
def storage_errors() -> Iterator[None]:
    """Translate whatever the database or its driver raises into ``StorageError``."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise storage_error(error) from error


def storage_error(error: SQLAlchemyError | OSError) -> StorageError:
    """Return ``error`` as a ``StorageError`` that quotes no statement and no stored value."""
    if is_refusal(error):
        return StorageError("The database refused the rows.", code="storage-refused", retryable=False)
    return StorageError(f"The database did not answer ({_name(error)}).")


def is_refusal(error: Exception) -> bool:
    """Whether the same rows will be refused again, however well the database is."""
    return isinstance(error, IntegrityError | DataError)


def configuration_error(error: Exception, url: URL) -> ConfigurationError:
    """Return, in one sentence, why the database at ``url`` cannot be used and what to do."""
    if url.get_backend_name() == "sqlite":
        name = _name(error)
        advice = next(
            (text for code, text in _SQLITE_ADVICE.items() if name.startswith(code)),
            f"cannot be used ({name})",
        )
        return ConfigurationError(f"The database file {url.database} {advice}.", code="database")
    where = f"{url.host or 'localhost'}:{url.port or 5432}"
    return ConfigurationError(
        f"The PostgreSQL server at {where} cannot be used for database {url.database!r} ({_name(error)}); "
        "check DATABASE_URL and that the server runs.",
        code="database",
    )


def _name(error: BaseException) -> str:
    """Return SQLite's symbolic code, or the name of the innermost driver error: never its message."""
    origin = getattr(error, "orig", None) or error
    cause = origin.__cause__ or origin
    return getattr(origin, "sqlite_errorname", None) or type(cause).__name__
