"""What alembic runs, in a process that is starting (a connection is given) or from the command line."""

from __future__ import annotations

import asyncio
import os
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from backend.infrastructure.database import search_index
from backend.infrastructure.database.outbound_models import OutboundCallModel
from backend.infrastructure.database.session import DEFAULT_URL, Database
from backend.infrastructure.database.text import StorableText


def render_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column type as what it is to a database, so that no migration imports it."""
    return "sa.Text()" if kind == "type" and isinstance(item, StorableText) else False


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the search index, which each kind of database has in its own form."""
    return kind != "table" or name not in search_index.TABLES


def run(connection: Connection) -> None:
    """Run the steps that are asked for in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=OutboundCallModel.metadata,  # of all models: this module has read the others
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite can alter hardly anything in place
        render_item=render_type,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_command_line() -> None:
    """Connect to ``DATABASE_URL`` and run."""
    async with (
        Database(os.environ.get("DATABASE_URL", DEFAULT_URL)) as database,
        database.transaction() as connection,
    ):
        await connection.run_sync(run)


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    run(given)
else:
    asyncio.run(run_from_command_line())
