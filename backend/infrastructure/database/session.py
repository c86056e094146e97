"""The connection to the database: an engine and its sessions, for SQLite and PostgreSQL alike.

SQLite runs in WAL mode with ``synchronous=FULL``: a committed turn survives a power cut, for 0.4 ms a
commit. pysqlite's habit of opening transactions late is switched off, and a writing session says so with
``BEGIN IMMEDIATE``: a transaction that starts by reading and then writes would otherwise fail at once,
instead of waiting, when another one writes. What is deleted is overwritten, which not every build of SQLite
does by itself; ``erasure`` does the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import orjson
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.asyncio import async_sessionmaker as AsyncSessionMaker  # noqa: N812 - used as a type
from sqlalchemy.pool import ConnectionPoolEntry

from backend.domain.errors import ConfigurationError
from backend.infrastructure.database.errors import storage_errors
from backend.infrastructure.database.text import dump_json

DEFAULT_URL: Final = "sqlite+aiosqlite:///data/victoria.db"

BUSY_TIMEOUT_MS: Final = 1_000  # how long SQLite waits for another writer before it says "locked"
_POOL_TIMEOUT_S: Final = 2.0
_CONNECT_TIMEOUT_S: Final = 3.0
_COMMAND_TIMEOUT_S: Final = 10.0

_WRITES: Final = "victoria_writes"
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}

# libpq's parameters that asyncpg calls otherwise, or does by itself.
_LIBPQ_NAMES: Final = {"sslmode": "ssl"}
_LIBPQ_ONLY: Final = frozenset({"channel_binding", "gssencmode", "connect_timeout"})
_ASYNCPG_NAMES: Final = frozenset({"ssl", "host", "port", "user", "password", "database"})


def parse_url(url: str) -> URL:
    """Return ``url`` with the driver that we use. Raises ``ConfigurationError`` for other databases."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("DATABASE_URL is not a database URL.", code="database") from error
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in _DRIVERS.values():
        raise ConfigurationError(
            f"DATABASE_URL names {parsed.drivername!r}; use sqlite or postgresql.", code="database"
        )
    if parsed.drivername == _DRIVERS["postgresql"]:
        parsed = parsed.set(query=_asyncpg_query(parsed.query))
    return parsed


def _asyncpg_query(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a URL as hosting platforms hand it out, in asyncpg's words.

    Raises ``ConfigurationError`` for one that it does not know.
    """
    own = {_LIBPQ_NAMES.get(name, name): value for name, value in query.items() if name not in _LIBPQ_ONLY}
    if unknown := own.keys() - _ASYNCPG_NAMES:
        raise ConfigurationError(
            f"DATABASE_URL has a parameter that is not known: {', '.join(sorted(unknown))}.", code="database"
        )
    return own


def is_in_memory(url: URL) -> bool:
    """Whether the database is gone with its engine."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def create_engine(url: URL) -> AsyncEngine:
    """Return an engine for ``url``; it connects when it is first used."""
    options: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": orjson.loads}
    if not is_in_memory(url):  # which has one connection and no pool
        options["pool_timeout"] = _POOL_TIMEOUT_S
    if url.get_backend_name() == "postgresql":
        options["pool_pre_ping"] = True
        options["connect_args"] = {"timeout": _CONNECT_TIMEOUT_S, "command_timeout": _COMMAND_TIMEOUT_S}
    engine = create_async_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """The process's connections to one database; use it as an asynchronous context manager."""

    def __init__(self, url: str = DEFAULT_URL) -> None:
        self.url: Final = parse_url(url)
        self._engine: Final = create_engine(self.url)
        self._writing_engine: Final = self._engine.execution_options(**{_WRITES: True})
        self._sessions: Final = AsyncSessionMaker(self._engine, expire_on_commit=False)
        self._writing_sessions: Final = AsyncSessionMaker(self._writing_engine, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database, which belongs to one process."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Yield a session on one consistent state. Raises ``StorageError``."""
        with storage_errors():
            async with self._sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Yield a session that commits at the end of the block, or not at all. Raises ``StorageError``."""
        with storage_errors():
            async with self._writing_sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Yield a bare connection that commits at the end of the block; the driver's errors pass through.

        For writers of many rows, which need no unit of work, and for the migrations.
        """
        async with self._writing_engine.begin() as connection:
            yield connection

    async def aclose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()
