"""Statistics of calls, counted by the database."""

from __future__ import annotations

from typing import Final

from backend.domain.errors import StorageError
from backend.domain.ports.statistics_port import CallStatistics, StatisticsQuery
from backend.infrastructure.database.session import Database


class SqlCallStatistics:
    """Implements ``CallStatisticsPort``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def count(self, tenant: str, query: StatisticsQuery) -> CallStatistics:
        """Return what the calls of ``tenant`` come to. Raises ``StorageError``."""
        raise StorageError(f"Statistics since {query.since} are not counted for {tenant} yet.")
