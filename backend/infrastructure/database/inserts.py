"""``INSERT … ON CONFLICT DO NOTHING``, which SQLite and PostgreSQL spell alike and SQLAlchemy does not."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backend.infrastructure.database.models import Base

Insert = postgresql.Insert | sqlite.Insert


def insert_or_ignore(dialect: Dialect, model: type[Base]) -> Insert:
    """Return an insert that passes over rows whose key exists."""
    if dialect.name == "postgresql":
        return postgresql.insert(model).on_conflict_do_nothing()
    return sqlite.insert(model).on_conflict_do_nothing()


async def insert_new(session: AsyncSession, model: type[Base], row: Mapping[str, object]) -> bool:
    """Insert one row; return False if one of its keys exists."""
    insert = insert_or_ignore(session.get_bind().dialect, model).values(**row)
    return (await session.execute(insert.returning(*model.__table__.primary_key))).first() is not None
