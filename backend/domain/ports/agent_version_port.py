"""What an agent was before: every save is a version that stays until the agent is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backend.domain.entities.agent import Agent


@dataclass(frozen=True, slots=True)
class AgentVersion:
    """A line in the list of versions; ``saved_at`` is Unix milliseconds, ``name`` the agent's name then."""

    version: int
    saved_at: int
    name: str


class AgentVersions(Protocol):
    """Reading versions; the ``AgentRepository`` writes them. All methods raise ``StorageError``."""

    async def all(self, tenant: str, agent_id: str) -> list[AgentVersion]:
        """Return the agent's versions, newest first. Raises ``NotFoundError``."""
        ...

    async def get(self, tenant: str, agent_id: str, version: int) -> Agent:
        """Return the agent as it was; archived if it is now. Raises ``NotFoundError``."""
        ...
