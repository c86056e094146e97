"""Where orders for calls and campaigns are kept, and where the limits of dialling are enforced.

Limits hold for all processes on one database: what counts an attempt and what stores it is one transaction,
in which nobody else of the tenant can begin one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.domain.entities.campaign import Campaign, CampaignStatus
from backend.domain.entities.outbound_call import Attempt, OutboundCall, OutboundStatus
from backend.domain.value_objects.call_id import CallId


@dataclass(frozen=True, slots=True)
class DialLimits:
    """What a tenant may dial, and each of its keys: attempts in any sixty seconds, calls at once, and minutes
    in a day (UTC). A call that is under way counts with all the minutes that it may last. What callers are
    put through with (``NO_KEY``) counts like what was ordered."""

    per_minute_of_key: int
    per_minute: int
    at_once: int
    minutes_per_day: int


@dataclass(frozen=True, slots=True)
class OutboundSummary:
    """An order, and the conversation that it led to, if there is one."""

    order: OutboundCall
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True)
class OutboundPage:
    """Some orders, newest first; ``next_cursor`` is None on the last page."""

    items: Sequence[OutboundSummary]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class OutboundFilter:
    """Which orders; None narrows nothing. ``in_campaign``: only those of campaigns, or only the others."""

    status: OutboundStatus | None = None
    agent_id: str | None = None
    campaign_id: str | None = None
    in_campaign: bool | None = None


Change = Callable[[OutboundCall], OutboundCall]


class OutboundCalls(Protocol):
    """Orders. All methods raise ``StorageError``; what a ``Change`` raises passes through and changes
    nothing."""

    async def add(self, order: OutboundCall, limits: DialLimits) -> OutboundCall:
        """Store a new order, and begin its attempt if it has one. Return it, or the order that the tenant has
        with the same idempotency key. Raises ``LimitError``; then nothing is stored."""
        ...

    async def begin(self, order_id: str, attempt: Attempt, limits: DialLimits) -> OutboundCall | None:
        """Begin an attempt of an order that is due, within the limits and its campaign's pace; return it as
        it is then, None if it is not to be dialled any more. Raises ``LimitError``."""
        ...

    async def change(self, order_id: str, change: Change) -> OutboundCall:
        """Change an order; return it as it is then. Raises ``NotFoundError``."""
        ...

    async def change_of(self, reference: str, change: Change) -> OutboundCall | None:
        """Change the order that has the attempt ``reference``; None if there is none."""
        ...

    async def get(self, tenant: str, order_id: str) -> OutboundSummary:
        """Return an order that a key has given. Raises ``NotFoundError``."""
        ...

    async def page(
        self, tenant: str, *, where: OutboundFilter, limit: int, cursor: str | None = None
    ) -> OutboundPage:
        """Return some orders that keys have given. Raises ``CallerError`` (``bad-cursor``)."""
        ...

    async def due(self, now: int, *, limit: int) -> list[OutboundCall]:
        """Return orders outside campaigns that wait to be dialled, longest first."""
        ...

    async def abandoned(self, own: str, before: int) -> list[OutboundCall]:
        """Return orders whose dialling nobody carries on: begun before ``before`` and not placed, or, where a
        database has one process, by another one than ``own``."""
        ...

    async def under_way(self) -> list[OutboundSummary]:
        """Return the orders with an attempt that has no end."""
        ...


class Campaigns(Protocol):
    """Campaigns and their contacts. All methods raise ``StorageError``."""

    async def add(self, campaign: Campaign, orders: Sequence[OutboundCall]) -> None:
        """Store a campaign with its contacts, wholly or not at all."""
        ...

    async def get(self, tenant: str, campaign_id: str) -> Campaign:
        """Return a campaign. Raises ``NotFoundError``."""
        ...

    async def all(self, tenant: str) -> list[Campaign]:
        """Return the tenant's campaigns, newest first."""
        ...

    async def running(self) -> list[Campaign]:
        """Return the running ones of all tenants."""
        ...

    async def become(self, tenant: str, campaign_id: str, status: CampaignStatus, at: int) -> Campaign:
        """Pause, resume or stop a campaign, or let it finish. What waits in a stopped one is cancelled, and
        what is under way is not tried again. Raises ``NotFoundError``, ``ConflictError``."""
        ...

    async def counts(self, tenant: str, campaign_ids: Sequence[str]) -> Mapping[str, Counts]:
        """Return how many calls of each campaign have come how far."""
        ...

    async def next_due(self, campaign_id: str, now: int) -> OutboundCall | None:
        """Return the contact to be dialled next, None if none is due."""
        ...


Counts = Mapping[OutboundStatus, int]
