"""A call begins: find the agent, and take it as it is now."""

from __future__ import annotations

from collections.abc import Callable

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction
from backend.domain.errors import ConflictError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.call_id import CallId


class StartCall:
    """Creates calls. ``new_id`` makes call ids that were never used before."""

    def __init__(self, agents: AgentRepository, clock: ClockPort, new_id: Callable[[], CallId]) -> None:
        self._agents = agents
        self._clock = clock
        self._new_id = new_id

    async def __call__(
        self, tenant: str, agent_id: str, direction: Direction, *, draft: Agent | None = None
    ) -> Call:
        """Return a live call with its agent's snapshot, or with ``draft`` in its place; nothing is stored.

        Raises ``NotFoundError`` if the tenant has no such agent, ``ConflictError`` (``agent-archived``) if it
        takes no calls, ``StorageError`` if that cannot be known; none of them for a draft.
        """
        agent = draft
        if agent is None:
            agent = await self._agents.get(tenant, agent_id)
            check_takes_calls(agent)
        return Call(
            id=self._new_id(),
            agent=agent,
            direction=direction,
            started_at=self._clock.wall_ms(),
            is_draft=draft is not None,
        )


def check_takes_calls(agent: Agent) -> None:
    """Raise ``ConflictError`` (``agent-archived``) if ``agent`` takes no calls."""
    if agent.is_archived:
        raise ConflictError("The agent is archived and takes no calls.", code="agent-archived")
