"""Agents in the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select, update

from backend.domain.entities.agent import Agent
from backend.domain.errors import ConflictError, NotFoundError
from backend.infrastructure.database.agent_codec import decode_agent, encode_agent
from backend.infrastructure.database.inserts import insert_new
from backend.infrastructure.database.models import AgentModel
from backend.infrastructure.database.session import Database


class SqlAgentRepository:
    """Implements ``AgentRepository``. One statement decides each write, so two writers cannot both win."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def all(self, tenant: str) -> list[Agent]:
        """Return all agents, oldest first."""
        query = (
            select(AgentModel.document)
            .where(AgentModel.tenant == tenant)
            .order_by(AgentModel.created_at, AgentModel.id)
        )
        async with self._database.reading() as session:
            return [decode_agent(document) for document in await session.scalars(query)]

    async def get(self, tenant: str, agent_id: str) -> Agent:
        """Return one agent. Raises ``NotFoundError``."""
        query = select(AgentModel.document).where(AgentModel.tenant == tenant, AgentModel.id == agent_id)
        async with self._database.reading() as session:
            document = await session.scalar(query)
        if document is None:
            raise _not_found()
        return decode_agent(document)

    async def add(self, agent: Agent) -> None:
        """Store a new agent. Raises ``ConflictError`` if the id exists."""
        async with self._database.writing() as session:
            if not await insert_new(session, AgentModel, _row(agent)):
                raise ConflictError("An agent with this id exists.", code="agent-exists")

    async def update(self, agent: Agent) -> None:
        """Replace the stored agent whose version is ``agent.version - 1``.

        Raises ``NotFoundError``, or ``ConflictError`` (``stale-version``) if someone else saved first.
        """
        mine = (AgentModel.tenant == agent.tenant, AgentModel.id == agent.id)
        replace = (
            update(AgentModel).where(*mine, AgentModel.version == agent.version - 1).values(**_row(agent))
        )
        async with self._database.writing() as session:
            if await session.scalar(replace.returning(AgentModel.id)):
                return
            if await session.scalar(select(AgentModel.id).where(*mine)):
                raise ConflictError("Someone else has saved this agent meanwhile.", code="stale-version")
        raise _not_found()

    async def delete(self, tenant: str, agent_id: str) -> None:
        """Remove the agent; its calls keep their snapshot of it. Raises ``NotFoundError``."""
        query = delete(AgentModel).where(AgentModel.tenant == tenant, AgentModel.id == agent_id)
        async with self._database.writing() as session:
            if not await session.scalar(query.returning(AgentModel.id)):
                raise _not_found()


def _row(agent: Agent) -> dict[str, object]:
    return {
        "id": agent.id,
        "tenant": agent.tenant,
        "name": agent.name,
        "version": agent.version,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
        "document": encode_agent(agent),
    }


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such agent.")
