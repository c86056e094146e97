"""Single-use tickets, so that a long-lived key never travels with a WebSocket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from backend.domain.entities.agent import Agent


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """What the holder of a ticket may do: one call to one agent of one tenant.

    With a ``draft`` the call is to that, as it stands here, and not to the agent stored as ``agent_id``.
    """

    tenant: str
    agent_id: str
    draft: Agent | None = None

    @property
    def weight(self) -> int:
        """How much memory a ticket takes, in those without a draft: a draft may hold half a megabyte."""
        return 1 if self.draft is None else 100


@dataclass(frozen=True, slots=True)
class WatchGrant:
    """What the holder of a ticket may do: watch the live calls of one tenant."""

    tenant: str


GrantT = TypeVar("GrantT")


class TicketPort(Protocol[GrantT]):
    """Issues and redeems tickets for one kind of grant. A ticket is at least 128 random bits, URL-safe."""

    async def issue(self, grant: GrantT, *, ttl_s: int = 30) -> str:
        """Return a new ticket for ``grant`` that expires in ``ttl_s`` seconds."""
        ...

    async def redeem(self, ticket: str) -> GrantT | None:
        """Return the grant, once; None if the ticket is unknown, used or expired."""
        ...
