"""Single-use tickets, so that a long-lived key never travels with a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Direction
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import Language


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """What the holder of a ticket may do: one call to one agent of one tenant.

    With a ``draft`` the call is to that, as it stands here, and not to the agent stored as ``agent_id``.
    ``variables`` are filled into the agent's texts.
    """

    tenant: str
    agent_id: str
    draft: Agent | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def weight(self) -> int:
        """How much memory a ticket takes, in those without draft and variables: a draft may hold half a
        megabyte, and variables a tenth of that."""
        return 1 + (0 if self.draft is None else 99) + (10 if self.variables else 0)


@dataclass(frozen=True, slots=True)
class WatchGrant:
    """What the holder of a ticket may do: watch the live calls of one tenant."""

    tenant: str


@dataclass(frozen=True, slots=True)
class PhoneGrant:
    """What the holder of a ticket may do: be the media socket of one call at one carrier.

    ``caller`` and ``called`` are as the carrier gave them. With ``continues`` the call goes on with an
    earlier one, whose turns the agent remembers. ``order_id`` is the outbound order that placed the call.
    """

    tenant: str
    agent_id: str
    carrier: str
    carrier_call_id: str
    direction: Direction
    caller: str = field(repr=False)
    called: str = field(repr=False)
    language: Language | None = None
    continues: CallId | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    order_id: str | None = None


GrantT = TypeVar("GrantT")


class TicketPort(Protocol[GrantT]):
    """Issues and redeems tickets for one kind of grant. A ticket is at least 128 random bits, URL-safe."""

    async def issue(self, grant: GrantT, *, ttl_s: int = 30) -> str:
        """Return a new ticket for ``grant`` that expires in ``ttl_s`` seconds."""
        ...

    async def redeem(self, ticket: str) -> GrantT | None:
        """Return the grant, once; None if the ticket is unknown, used or expired."""
        ...
