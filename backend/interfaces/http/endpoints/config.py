"""Agents, and what they can be made of."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backend.domain.entities import agent as domain
from backend.domain.errors import ConflictError, FieldError
from backend.interfaces.http.deps import AgentIdDep, KeyDep, Services, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.agents import Agent, AgentDraft, AgentList, AgentUpdate
from backend.interfaces.http.schemas.options import Options

router = APIRouter(prefix="/config", tags=["config"])

_ONE: Final = problems(404)


@router.get("/agents")
async def list_agents(services: ServicesDep, key: KeyDep) -> AgentList:
    """List all agents, oldest first."""
    return AgentList(items=[Agent.of(agent) for agent in await services.agents.all(key.tenant)])


@router.post("/agents", status_code=201, responses=WITH_BODY)
async def create_agent(draft: AgentDraft, services: ServicesDep, key: KeyDep) -> Agent:
    """Make an agent."""
    now = services.clock.wall_ms()
    agent = draft.to_domain(
        agent_id=services.new_id(), tenant=key.tenant, version=1, created_at=now, updated_at=now
    )
    await _refuse_unknown_engines(services, agent)
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
    )
    await _refuse_unknown_engines(services, agent)
    await services.agents.update(agent)
    return Agent.of(agent)


@router.delete("/agents/{agent_id}", status_code=204, responses=_ONE)
async def delete_agent(agent_id: AgentIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Remove an agent; its calls keep their snapshot of it."""
    await services.agents.delete(key.tenant, agent_id)


@router.get("/options")
async def read_options(services: ServicesDep, key: KeyDep) -> Options:
    """Tell which languages, voices and engines there are, whether they are ready, and what more could be."""
    return await services.options(key.tenant)


async def _refuse_unknown_engines(services: Services, agent: domain.Agent) -> None:
    """Raise ``FieldError`` for the first engine that ``agent`` names and its tenant has not.

    An agent whose engine has gone since it was saved can still be read, and is mended by naming another.
    """
    for field, name in await services.unknown_engines(agent):
        raise FieldError(field, f"there is no engine {name!r}", code="unknown-engine")
