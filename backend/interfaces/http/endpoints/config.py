"""Agents, and what they can be made of."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from backend.domain.errors import ConflictError
from backend.interfaces.http.deps import AgentIdDep, KeyDep, ServicesDep
from backend.interfaces.http.known_engines import refuse_unknown_engines
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.agents import (
    Agent,
    AgentDraft,
    AgentList,
    AgentQuery,
    AgentUpdate,
    AgentVersion,
    AgentVersionList,
)
from backend.interfaces.http.schemas.options import Options

router = APIRouter(prefix="/config", tags=["config"])

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]

_ONE: Final = problems(404)


@router.get("/agents", responses=problems(422))
async def list_agents(query: Annotated[AgentQuery, Query()], services: ServicesDep, key: KeyDep) -> AgentList:
    """List agents, oldest first."""
    agents = await services.agents.all(key.tenant)
    return AgentList(items=[Agent.of(agent) for agent in agents if query.wants(agent)])


@router.post("/agents", status_code=201, responses=WITH_BODY)
async def create_agent(draft: AgentDraft, services: ServicesDep, key: KeyDep) -> Agent:
    """Make an agent."""
    now = services.clock.wall_ms()
    agent = draft.to_domain(
        agent_id=services.new_id(), tenant=key.tenant, version=1, created_at=now, updated_at=now
    )
    await refuse_unknown_engines(services, agent)
    await services.agents.add(agent)
    return Agent.of(agent)


@router.get("/agents/{agent_id}", responses=_ONE)
async def read_agent(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> Agent:
    """Read one agent."""
    return Agent.of(await services.agents.get(key.tenant, agent_id))


@router.put("/agents/{agent_id}", responses=WITH_BODY | problems(404, 409))
async def replace_agent(
    agent_id: AgentIdDep, update: AgentUpdate, services: ServicesDep, key: KeyDep
) -> Agent:
    """Replace an agent; `stale-version` if someone else saved since `version` was read."""
    stored = await services.agents.get(key.tenant, agent_id)
    if stored.version != update.version:
        raise ConflictError(
            f"The agent is at version {stored.version}; you have changed version {update.version}.",
            code="stale-version",
        )
    agent = update.to_domain(
        agent_id=agent_id,
        tenant=key.tenant,
        version=stored.version + 1,
        created_at=stored.created_at,
        updated_at=max(stored.updated_at, services.clock.wall_ms()),
        is_archived=stored.is_archived,
    )
    await refuse_unknown_engines(services, agent)
    await services.agents.update(agent)
    return Agent.of(agent)


@router.delete("/agents/{agent_id}", status_code=204, responses=_ONE)
async def delete_agent(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Remove an agent with its versions; its calls keep their snapshot of it."""
    await services.agents.delete(key.tenant, agent_id)


@router.post("/agents/{agent_id}/archive", responses=_ONE)
async def archive_agent(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> Agent:
    """Put an agent away: it takes no more calls. Calls that are live go on."""
    return Agent.of(await services.agents.archive(key.tenant, agent_id, is_archived=True))


@router.post("/agents/{agent_id}/unarchive", responses=_ONE)
async def unarchive_agent(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> Agent:
    """Take an agent out again: it takes calls as before."""
    return Agent.of(await services.agents.archive(key.tenant, agent_id, is_archived=False))


@router.get("/agents/{agent_id}/versions", responses=_ONE)
async def list_agent_versions(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> AgentVersionList:
    """List what was saved of an agent, newest first."""
    versions = await services.agent_versions.all(key.tenant, agent_id)
    return AgentVersionList(items=[AgentVersion.of(version) for version in versions])


@router.get("/agents/{agent_id}/versions/{version}", responses=problems(404, 422))
async def read_agent_version(
    agent_id: AgentIdDep, version: VersionNumber, services: ServicesDep, key: KeyDep
) -> Agent:
    """Read an agent as it was. To restore it, replace the agent of today with it."""
    return Agent.of(await services.agent_versions.get(key.tenant, agent_id, version))


@router.get("/options")
async def read_options(services: ServicesDep, key: KeyDep) -> Options:
    """Tell which languages, voices and engines there are, whether they are ready, and what more could be."""
    return await services.options(key.tenant)
