"""Agents in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.agent import Agent
from backend.domain.errors import ConflictError, NotFoundError
from backend.infrastructure.database.agent_codec import decode_agent, encode_agent
from backend.infrastructure.database.inserts import insert_new
from backend.infrastructure.database.models import AgentModel, AgentVersionModel
from backend.infrastructure.database.session import Database

KEPT_VERSIONS: Final = 200  # and the first; of the largest agents, with 200 kB of knowledge, these are 40 MB


class SqlAgentRepository:
    """Implements ``AgentRepository``. One statement decides each write, so two writers cannot both win.

    Of an agent's versions the last ``KEPT_VERSIONS`` stay, and the first that there is.
    """

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def all(self, tenant: str) -> list[Agent]:
        """Return all agents, oldest first."""
        query = (
            select(AgentModel.document, AgentModel.archived)
            .where(AgentModel.tenant == tenant)
            .order_by(AgentModel.created_at, AgentModel.id)
        )
        async with self._database.reading() as session:
            return [_agent(document, archived) for document, archived in await session.execute(query)]

    async def get(self, tenant: str, agent_id: str) -> Agent:
        """Return one agent. Raises ``NotFoundError``."""
        query = select(AgentModel.document, AgentModel.archived).where(*_is(tenant, agent_id))
        async with self._database.reading() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            raise _not_found()
        return _agent(*row)

    async def add(self, agent: Agent) -> None:
        """Store a new agent, and that as a version. Raises ``ConflictError`` if the id exists."""
        row = _row(agent) | {"archived": agent.is_archived}
        async with self._database.writing() as session:
            if not await insert_new(session, AgentModel, row):
                raise ConflictError("An agent with this id exists.", code="agent-exists")
            await _keep_version(session, agent)

    async def update(self, agent: Agent) -> None:
        """Replace the stored agent whose version is ``agent.version - 1``; that one stays as a version.

        Whether it is archived does not change. Raises ``NotFoundError``, or ``ConflictError``
        (``stale-version``) if someone else saved first.
        """
        mine = _is(agent.tenant, agent.id)
        query = update(AgentModel).where(*mine, AgentModel.version == agent.version - 1).values(**_row(agent))
        async with self._database.writing() as session:
            if await session.scalar(query.returning(AgentModel.id)):
                await _keep_version(session, agent)
                await _drop_versions_before(session, agent)
                return
            if await session.scalar(select(AgentModel.id).where(*mine)):
                raise ConflictError("Someone else has saved this agent meanwhile.", code="stale-version")
        raise _not_found()

    async def archive(self, tenant: str, agent_id: str, *, is_archived: bool) -> Agent:
        """Put the agent away or take it out again; saves no version. Raises ``NotFoundError``."""
        query = update(AgentModel).where(*_is(tenant, agent_id)).values(archived=is_archived)
        async with self._database.writing() as session:
            document = await session.scalar(query.returning(AgentModel.document))
        if document is None:
            raise _not_found()
        return _agent(document, is_archived)

    async def delete(self, tenant: str, agent_id: str) -> None:
        """Remove the agent with its versions; its calls keep their snapshot. Raises ``NotFoundError``."""
        query = delete(AgentModel).where(*_is(tenant, agent_id))
        async with self._database.writing() as session:
            if not await session.scalar(query.returning(AgentModel.id)):
                raise _not_found()


async def _keep_version(session: AsyncSession, agent: Agent) -> None:
    version = {
        "agent_id": agent.id,
        "version": agent.version,
        "tenant": agent.tenant,
        "name": agent.name,
        "saved_at": agent.updated_at,
        "document": encode_agent(agent),
    }
    await session.execute(insert(AgentVersionModel).values(**version))


async def _drop_versions_before(session: AsyncSession, agent: Agent) -> None:
    """Let go of the versions that are too many before ``agent``."""
    version = AgentVersionModel
    first = select(func.min(version.version)).where(version.agent_id == agent.id).scalar_subquery()
    await session.execute(
        delete(version).where(
            version.agent_id == agent.id,
            version.version <= agent.version - KEPT_VERSIONS,
            version.version > first,
        )
    )


def _is(tenant: str, agent_id: str) -> tuple[ColumnElement[bool], ...]:
    return AgentModel.tenant == tenant, AgentModel.id == agent_id


def _agent(document: Mapping[str, Any], archived: bool) -> Agent:
    return replace(decode_agent(document), is_archived=archived)


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
