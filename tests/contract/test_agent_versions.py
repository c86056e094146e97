"""Every save of an agent stays, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.entities.agent import Agent
from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.agent_version_port import AgentVersion, AgentVersions
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.use_cases.seed_agents import SeedAgents
from backend.infrastructure.database.repositories.agent_repository import KEPT_VERSIONS
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlAgentVersions,
)
from backend.infrastructure.database.session import Database
from tests.support.memory import ManualClock
from tests.support.storage_builders import TENANT, an_agent, new_id

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def agents(storage: Database) -> AgentRepository:
    return SqlAgentRepository(storage)


@pytest.fixture
def versions(storage: Database) -> AgentVersions:
    return SqlAgentVersions(storage)


async def edited(agents: AgentRepository, agent: Agent, **changes: object) -> Agent:
    """Save ``agent`` with ``changes`` as its next version."""
    after = replace(agent, version=agent.version + 1, updated_at=agent.updated_at + 10, **changes)  # type: ignore[arg-type]
    await agents.update(after)
    return after


async def test_every_save_is_a_version(agents: AgentRepository, versions: AgentVersions) -> None:
    first = an_agent(name="Ana", knowledge="k" * 200_000)
    await agents.add(first)
    second = await edited(agents, first, name="Eva", knowledge="")
    third = await edited(agents, second, name=first.name, knowledge=first.knowledge)  # restored
    assert await versions.all(TENANT, first.id) == [
        AgentVersion(3, saved_at=21, name="Ana"),
        AgentVersion(2, saved_at=11, name="Eva"),
        AgentVersion(1, saved_at=1, name="Ana"),
    ]
    for agent in (first, second, third):
        assert await versions.get(TENANT, agent.id, agent.version) == agent


async def test_the_last_versions_are_kept_and_the_first(
    agents: AgentRepository, versions: AgentVersions
) -> None:
    first, other = an_agent(version=7), an_agent(version=7)  # as of an agent that is older than versions
    await agents.add(first)
    await agents.add(other)
    agent = first
    for _ in range(KEPT_VERSIONS + 2):
        agent = await edited(agents, agent)
    kept = [version.version for version in await versions.all(TENANT, agent.id)]
    assert kept == [*range(agent.version, agent.version - KEPT_VERSIONS, -1), 7]
    assert await versions.get(TENANT, agent.id, 7) == first
    assert await versions.get(TENANT, other.id, 7) == other


async def test_who_saves_too_late_leaves_no_version(agents: AgentRepository, versions: AgentVersions) -> None:
    agent = an_agent()
    await agents.add(agent)
    mine = await edited(agents, agent, name="Mine")
    with pytest.raises(ConflictError):
        await edited(agents, agent, name="Theirs")
    assert [version.name for version in await versions.all(TENANT, agent.id)] == ["Mine", "Ana"]
    assert await versions.get(TENANT, agent.id, 2) == mine


async def test_the_sample_agents_have_a_first_version(
    agents: AgentRepository, versions: AgentVersions
) -> None:
    await SeedAgents(agents, ManualClock(), new_id)(TENANT)
    for agent in await agents.all(TENANT):
        assert [version.version for version in await versions.all(TENANT, agent.id)] == [1]


async def test_the_versions_of_a_deleted_agent_go_with_it(
    agents: AgentRepository, versions: AgentVersions
) -> None:
    gone, stays = an_agent(), an_agent()
    for agent in (gone, stays):
        await agents.add(agent)
    await agents.delete(TENANT, gone.id)
    with pytest.raises(NotFoundError):
        await versions.all(TENANT, gone.id)
    with pytest.raises(NotFoundError):
        await versions.get(TENANT, gone.id, 1)
    assert await versions.get(TENANT, stays.id, 1) == stays
    await agents.add(gone)  # whose number one is free again
    assert len(await versions.all(TENANT, gone.id)) == 1


async def test_versions_that_do_not_exist_and_those_of_another_tenant(
    agents: AgentRepository, versions: AgentVersions
) -> None:
    agent = an_agent(tenant="other")
    await agents.add(agent)
    for tenant, agent_id, version in ((TENANT, agent.id, 1), ("other", agent.id, 2), ("other", new_id(), 1)):
        with pytest.raises(NotFoundError):
            await versions.get(tenant, agent_id, version)
    with pytest.raises(NotFoundError):
        await versions.all(TENANT, agent.id)


async def test_an_agent_is_put_away_and_taken_out_without_a_version(
    agents: AgentRepository, versions: AgentVersions
) -> None:
    agent = an_agent()
    await agents.add(agent)
    archived = await agents.archive(TENANT, agent.id, is_archived=True)
    assert archived == replace(agent, is_archived=True)
    assert await agents.get(TENANT, agent.id) == archived
    assert await agents.all(TENANT) == [archived]
    assert await versions.get(TENANT, agent.id, 1) == archived
    assert await agents.archive(TENANT, agent.id, is_archived=False) == agent
    assert len(await versions.all(TENANT, agent.id)) == 1


async def test_a_save_does_not_take_out_what_was_put_away_meanwhile(agents: AgentRepository) -> None:
    agent = an_agent()
    await agents.add(agent)
    await agents.archive(TENANT, agent.id, is_archived=True)
    await edited(agents, agent, name="Eva")  # by somebody who has not seen that it is archived
    stored = await agents.get(TENANT, agent.id)
    assert (stored.name, stored.is_archived) == ("Eva", True)


async def test_another_tenants_agent_is_not_put_away(agents: AgentRepository) -> None:
    agent = an_agent(tenant="other")
    await agents.add(agent)
    with pytest.raises(NotFoundError):
        await agents.archive(TENANT, agent.id, is_archived=True)
    assert await agents.get("other", agent.id) == agent
