"""What the repositories of agents and keys promise, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.api_key_port import ApiKey, ApiKeyRepository
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.policies import BargeIn
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlApiKeyRepository,
)
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import TENANT, an_agent, new_id

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def agents(storage: Database) -> AgentRepository:
    return SqlAgentRepository(storage)


@pytest.fixture
def keys(storage: Database) -> ApiKeyRepository:
    return SqlApiKeyRepository(storage)


# --- agents ---------------------------------------------------------------------------------------


async def test_an_agent_comes_back_as_it_was(agents: AgentRepository) -> None:
    agent = an_agent(name="Añá 🙂", knowledge="k" * 200_000)
    manners = replace(agent.turn_taking, barge_in=BargeIn(backchannels=frozenset({"ajá", "sí"})))
    agent = replace(agent, turn_taking=manners)
    await agents.add(agent)
    assert await agents.get(TENANT, agent.id) == agent


async def test_agents_are_listed_oldest_first_and_only_the_tenants_own(agents: AgentRepository) -> None:
    younger, older, foreign = an_agent(created_at=20), an_agent(created_at=10), an_agent(tenant="other")
    for agent in (younger, older, foreign):
        await agents.add(agent)
    assert await agents.all(TENANT) == [older, younger]


async def test_an_agents_id_is_taken_once(agents: AgentRepository) -> None:
    agent = an_agent()
    await agents.add(agent)
    with pytest.raises(ConflictError):
        await agents.add(replace(agent, name="Another"))
    assert await agents.get(TENANT, agent.id) == agent


async def test_the_first_of_two_who_edit_the_same_version_wins(agents: AgentRepository) -> None:
    agent = an_agent()
    await agents.add(agent)
    mine, theirs = replace(agent, name="Mine", version=2), replace(agent, name="Theirs", version=2)
    await agents.update(mine)
    with pytest.raises(ConflictError) as caught:
        await agents.update(theirs)
    assert caught.value.code == "stale-version"
    assert await agents.get(TENANT, agent.id) == mine


async def test_another_tenants_agent_does_not_exist(agents: AgentRepository) -> None:
    agent = an_agent(tenant="other")
    await agents.add(agent)
    with pytest.raises(NotFoundError):
        await agents.get(TENANT, agent.id)
    with pytest.raises(NotFoundError):
        await agents.update(replace(agent, tenant=TENANT, version=2))
    with pytest.raises(NotFoundError):
        await agents.delete(TENANT, agent.id)
    assert await agents.get("other", agent.id) == agent


async def test_text_that_a_database_refuses_is_stored_with_replacements(agents: AgentRepository) -> None:
    agent = an_agent(name="a\0b", prompt="half a pair: \ud83d")
    await agents.add(agent)
    assert (await agents.get(TENANT, agent.id)).prompt == "half a pair: \ufffd"


# --- API keys -------------------------------------------------------------------------------------


def a_key(**changes: object) -> ApiKey:
    unique = new_id()
    key = ApiKey(unique, TENANT, "first", f"vk_{unique[-8:]}", f"digest-{unique}", created_at=1_000)
    return replace(key, **changes)  # type: ignore[arg-type]


async def test_a_key_is_found_by_its_prefix(keys: ApiKeyRepository) -> None:
    assert await keys.is_empty()
    key, other = a_key(expires_at=2_000), a_key()
    await keys.add(key)
    await keys.add(other)
    assert not await keys.is_empty()
    assert await keys.with_prefix(key.prefix) == [key]
    assert await keys.with_prefix(key.prefix[:-1]) == []


async def test_keys_are_listed_oldest_first_and_only_the_tenants_own(keys: ApiKeyRepository) -> None:
    younger, older, foreign = a_key(created_at=20), a_key(created_at=10), a_key(tenant="other")
    for key in (younger, older, foreign):
        await keys.add(key)
    assert await keys.all(TENANT) == [older, younger]


async def test_a_digest_is_stored_once(keys: ApiKeyRepository) -> None:
    key = a_key()
    await keys.add(key)
    with pytest.raises(ConflictError):
        await keys.add(a_key(digest=key.digest))
    with pytest.raises(ConflictError):
        await keys.add(a_key(id=key.id))
    assert await keys.all(TENANT) == [key]


async def test_last_use_only_moves_forward(keys: ApiKeyRepository) -> None:
    key = a_key()
    await keys.add(key)
    for at in (5_000, 4_000):
        await keys.touch(key.id, at=at)
    await keys.touch("unknown", at=9_000)
    assert await keys.all(TENANT) == [replace(key, last_used_at=5_000)]


async def test_a_key_is_revoked_once_and_only_by_its_tenant(keys: ApiKeyRepository) -> None:
    key, spare = a_key(created_at=1), a_key(created_at=2)
    for each in (key, spare):
        await keys.add(each)
    with pytest.raises(NotFoundError):
        await keys.revoke("other", key.id, at=1_500)
    for at in (2_000, 3_000):
        await keys.revoke(TENANT, key.id, at=at)
    stored, untouched = await keys.all(TENANT)
    assert stored == replace(key, revoked_at=2_000)
    assert not stored.is_valid(3_000)
    assert untouched == spare


async def test_the_last_key_that_is_good_is_not_revoked(keys: ApiKeyRepository) -> None:
    last, expired, foreign = a_key(created_at=1), a_key(created_at=2, expires_at=1_000), a_key(tenant="other")
    for key in (last, expired, foreign):
        await keys.add(key)
    with pytest.raises(ConflictError) as caught:
        await keys.revoke(TENANT, last.id, at=1_000)
    assert caught.value.code == "last-key"
    await keys.revoke(TENANT, expired.id, at=1_000)  # which takes nothing away
    assert await keys.all(TENANT) == [last, replace(expired, revoked_at=1_000)]


async def test_of_two_who_revoke_the_last_two_keys_at_once_one_is_refused(keys: ApiKeyRepository) -> None:
    pair = a_key(), a_key()
    for key in pair:
        await keys.add(key)
    refused: list[ConflictError] = []

    async def revoke(key: ApiKey) -> None:
        try:
            await keys.revoke(TENANT, key.id, at=1_000)
        except ConflictError as error:
            refused.append(error)

    async with asyncio.TaskGroup() as revoking:
        for key in pair:
            revoking.create_task(revoke(key))
    assert [error.code for error in refused] == ["last-key"]
    assert [key.is_valid(1_000) for key in await keys.all(TENANT)].count(True) == 1
