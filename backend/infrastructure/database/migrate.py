"""Bring a database to the schema that this version of Victoria wants.

Runs at every start, inside one transaction: a start that dies in the middle leaves the old schema. Several
processes may start at once on one PostgreSQL; they take turns.
"""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from backend.domain.errors import ConfigurationError
from backend.infrastructure.database.errors import configuration_error
from backend.infrastructure.database.session import Database, is_in_memory

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_ADVISORY_LOCK: Final = 0x5649_4354  # "VICT": any number that no other program uses in our database


async def migrate(url: str) -> None:
    """Upgrade the database at ``url``, creating the tables if there are none.

    The folder of an SQLite file must exist. Raises ``ConfigurationError``, with what to do in one
    sentence, when the database cannot be opened or written, or when a newer version made it.
    """
    async with Database(url) as database:
        await upgrade(database)


async def upgrade(database: Database) -> None:
    """Like ``migrate``, over the connections of ``database`` (the only way for one in memory)."""
    try:
        if database.is_sqlite and not is_in_memory(database.url):
            await asyncio.to_thread(_open_once, str(database.url.database))
        async with database.transaction() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise configuration_error(error, database.url) from error


def _open_once(path: str) -> None:
    # When a file does not open, aiosqlite (0.22) leaves a thread that may outlive the event loop and then
    # complains on stderr. sqlite3 itself only says what is wrong.
    sqlite3.connect(path).close()


def _upgrade(connection: Connection) -> None:
    # Imported here: alembic takes 0.1 s, and only this function needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if unknown := found - known:
        raise ConfigurationError(
            f"The database was made by a newer version of Victoria (schema {', '.join(sorted(unknown))}); "
            "install that version, or choose another database in DATABASE_URL.",
            code="database-too-new",
        )
    command.upgrade(config, "head")
