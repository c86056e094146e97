"""Single-use tickets, so that a long-lived key never travels with a WebSocket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """What the holder of a ticket may do: one call to one agent of one tenant."""

    tenant: str
    agent_id: str


class TicketPort(Protocol):
    """Issues and redeems tickets. A ticket is at least 128 random bits, URL-safe."""

    async def issue(self, grant: TicketGrant, *, ttl_s: int = 30) -> str:
        """Return a new ticket for ``grant`` that expires in ``ttl_s`` seconds."""
        ...

    async def redeem(self, ticket: str) -> TicketGrant | None:
        """Return the grant, once; None if the ticket is unknown, used or expired."""
        ...
