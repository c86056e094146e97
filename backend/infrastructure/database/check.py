"""Does the database answer?"""

from __future__ import annotations

from sqlalchemy import text

from backend.infrastructure.database.session import Database


async def check_database(database: Database) -> None:
    """Ask it the least question. Raises ``StorageError``."""
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))
