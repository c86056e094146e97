"""What agents were before, in the database. ``agent_repository`` writes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from backend.domain.entities.agent import Agent
from backend.domain.errors import NotFoundError
from backend.domain.ports.agent_version_port import AgentVersion
from backend.infrastructure.database.agent_codec import decode_agent
from backend.infrastructure.database.models import AgentModel, AgentVersionModel
from backend.infrastructure.database.session import Database


class SqlAgentVersions:
    """Implements ``AgentVersions``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def all(self, tenant: str, agent_id: str) -> list[AgentVersion]:
        """Return the agent's versions, newest first. Raises ``NotFoundError``."""
        query = (
            select(AgentVersionModel.version, AgentVersionModel.saved_at, AgentVersionModel.name)
            .where(AgentVersionModel.tenant == tenant, AgentVersionModel.agent_id == agent_id)
            .order_by(AgentVersionModel.version.desc())
        )
        async with self._database.reading() as session:
            versions = [AgentVersion(*row) for row in await session.execute(query)]
        if not versions:  # every agent has the one that it is
            raise NotFoundError("There is no such agent.")
        return versions

    async def get(self, tenant: str, agent_id: str, version: int) -> Agent:
        """Return the agent as it was; archived if it is now. Raises ``NotFoundError``."""
        query = (
            select(AgentVersionModel.document, AgentModel.archived)
            .join(AgentModel, AgentModel.id == AgentVersionModel.agent_id)
            .where(
                AgentVersionModel.tenant == tenant,
                AgentVersionModel.agent_id == agent_id,
                AgentVersionModel.version == version,
            )
        )
        async with self._database.reading() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            raise NotFoundError("The agent has no such version.")
        return replace(decode_agent(row.document), is_archived=row.archived)
